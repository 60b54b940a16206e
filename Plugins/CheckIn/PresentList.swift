internal import PluginKit
internal import Storage

/// The answer to "who is here", read once for all who ask at the same time.
///
/// An answer may be given to whoever asked before it was read, so a thousand dashboards that come
/// back at once cost one look at the table. On SQLite, which this process has for itself, it is
/// also good until something changes.
final class PresentList: Sendable {
  private struct Known {
    var bytes: [UInt8]
    /// How much had changed when it was read.
    var version: Int
    /// The how-manieth reading it was.
    var reading: Int
  }

  private struct State {
    var known: Known?
    var readings = 0
  }

  private let roll: Roll
  private let state = Shared(State())
  private let lanes = Lanes()

  init(roll: Roll) { self.roll = roll }

  /// The whole envelope of `/showonline`.
  func answer() async throws -> [UInt8] {
    let version = roll.changes.count
    let readings = state.withLock { $0.readings }
    if let bytes = usable(since: version, readings) { return bytes }
    return try await lanes.inTurn("") {
      if let bytes = usable(since: version, readings) { return bytes }
      return try await read()
    }
  }

  private func usable(since version: Int, _ readings: Int) -> [UInt8]? {
    state.withLock { state in
      guard let known = state.known else { return nil }
      let isUnchanged = roll.store.engine == .sqlite && known.version >= version
      return isUnchanged || known.reading > readings ? known.bytes : nil
    }
  }

  private func read() async throws -> [UInt8] {
    let version = roll.changes.count
    let reading = state.withLock { state in
      state.readings += 1
      return state.readings
    }
    let bytes = Envelope.good(nil, try await roll.present().json).bytes
    state.withLock { $0.known = Known(bytes: bytes, version: version, reading: reading) }
    return bytes
  }
}

/// Counts what this process has changed in the tables.
final class Changes: Sendable {
  private let number = Shared(0)

  var count: Int { number.withLock { $0 } }

  func note() { number.withLock { $0 += 1 } }
}
