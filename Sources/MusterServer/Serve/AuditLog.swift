internal import HubCore
internal import HubStore
internal import Loop
internal import PluginKit
internal import Primitives
internal import Storage

/// Writes the audit trail into the log at once, and into the database in batches.
final class AuditLog: Sendable {
  private struct State {
    var waiting: [AuditEntry] = []
    var writing: Task<Void, Never>?
    var paced: [PacedKind: Int64] = [:]
  }

  /// Two events of one kind are the same for the pace, however their details differ.
  private struct PacedKind: Hashable {
    let action: String
    let actor: String
    let target: String
    let address: String

    init(_ event: AuditEvent) {
      action = event.action
      actor = event.actor
      target = event.target
      address = event.address
    }
  }

  private static let mostWaiting = 10_000
  private static let mostPaced = 4096
  private static let mostKept = 200_000

  private let table: AuditTable
  private let clock: any WallClock
  private let log: Log
  private let state = Locked(State())
  private let upkeep = Locked<Task<Void, Never>?>(nil)

  init(_ store: any Store, clock: any WallClock, log: Log) {
    table = AuditTable(store)
    self.clock = clock
    self.log = log
  }

  var audit: Audit { Audit { [self] event, isPaced in record(event, isPaced) } }

  private func record(_ event: AuditEvent, _ isPaced: Bool) {
    let now = clock.now
    guard !isPaced || isFirst(event, at: now) else { return }
    log.info(
      "audit",
      [
        "action": event.action, "actor": event.actor, "target": event.target,
        "from": event.address, "detail": event.detail,
      ])
    let isRoom = state.withLock { state in
      guard state.waiting.count < AuditLog.mostWaiting else { return false }
      state.waiting.append(AuditEntry(event, at: now))
      if state.writing == nil { state.writing = Task { await self.write() } }
      return true
    }
    if !isRoom { log.warning("an audit entry is in the log alone: the database is too slow") }
  }

  private func isFirst(_ event: AuditEvent, at now: Int64) -> Bool {
    let kind = PacedKind(event)
    return state.withLock { state in
      if let last = state.paced[kind], now >= last, now - last < 60_000 { return false }
      if state.paced.count >= AuditLog.mostPaced { state.paced.removeAll() }
      state.paced[kind] = now
      return true
    }
  }

  private func write() async {
    while let batch = takeBatch() {
      do {
        try await table.append(batch)
      } catch {
        log.error(
          "audit entries are in the log alone: they cannot be stored",
          ["entries": batch.count, "reason": "\(error)"])
      }
    }
  }

  private func takeBatch() -> [AuditEntry]? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.writing = nil
        return nil
      }
      defer { state.waiting = [] }
      return state.waiting
    }
  }

  /// Waits until everything recorded so far is in the database.
  func finish() async { await state.withLock { $0.writing }?.value }

  /// Deletes old entries now and once a day.
  /// - Parameter age: in seconds, read anew each time.
  func startTrimming(keeping age: @escaping @Sendable () -> Int) {
    let task = Task { [self] in
      while !Task.isCancelled {
        await trim(keeping: age())
        try? await Task.sleep(for: .seconds(86_400))
      }
    }
    upkeep.withLock { $0 = task }
  }

  func trim(keeping seconds: Int) async {
    do {
      let oldest = clock.now - Int64(seconds) * 1000
      try await table.trim(olderThan: oldest, keeping: AuditLog.mostKept)
    } catch {
      log.error("old audit entries cannot be deleted", ["reason": "\(error)"])
    }
  }

  func stop() async {
    upkeep.withLock { $0.take() }?.cancel()
    await finish()
  }
}
