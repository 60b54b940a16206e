import CheckIn
import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

/// Runs `body` with the plugin on a fresh store with the documents' data, at the moment of the
/// document's check-in.
func withLab(
  _ engine: Engine = .sqlite, settings: [String: Setting.Kind] = [:],
  zone: LocalZone = .shanghai, demo: Bool = true,
  _ body: (PluginBench) async throws -> Void
) async throws {
  try await withFreshStore(engine) { store in
    try await body(
      try await PluginBench(
        CheckInPlugin.self, store: store, settings: settings,
        clock: ManualClock("2022-09-01 10:16:40"), zone: zone, demo: demo))
  }
}

extension PluginBench {
  /// Turns the clock to a moment in Asia/Shanghai.
  func turn(to text: String) throws {
    clock.set(try #require(LocalZone.shanghai.time(text)).unixMilliseconds)
  }

  /// An account that belongs to a student number, or to none.
  func account(
    _ login: String, number: String? = nil, roles: Roles = .student
  ) async throws -> Identity {
    var new = NewAccount(login: login, name: login, roles: roles)
    if let number { new.profiles[.studentNumber] = number }
    return try await accounts.create(new).identity
  }

  /// The events of a topic since the last `forget`, as JSON.
  func events(in topic: Topic) async -> [JSONValue] {
    await hub.published.filter { $0.topic == topic }.map { readable($0.event) }
  }

  var present: [String] {
    get async {
      await get("/showonline").json["data"]?.array?.compactMap { $0["studentid"]?.string } ?? []
    }
  }
}

/// An event's data as clients read it.
func readable(_ event: Event) -> JSONValue {
  (try? JSONValue(parsing: event.data.encoded())) ?? .null
}

/// Compact JSON of a text with white space and the document's comments in it.
func compact(_ text: String) throws -> String {
  let lines = text.split(separator: "\n").map { line in
    String(line.split(separator: "//", maxSplits: 1)[0])
  }
  return try JSONValue(parsing: lines.joined(separator: "\n")).description
}

extension Peer {
  /// An address that no open network holds.
  static let outside = Peer(address: "203.0.113.7", bytes: [203, 0, 113, 7])
  static let labDevice = Peer(address: "192.168.4.7", bytes: [192, 168, 4, 7])
}
