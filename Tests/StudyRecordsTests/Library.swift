import Bytes
import JSON
import MusterTesting
import PluginKit
import Storage
import StudyRecords

/// Runs `body` with the plugin, the document's data and its user on a fresh store. It is the moment
/// at which the document finishes record 8.
func withLibrary(
  _ engine: Engine = .sqlite, settings: [String: Setting.Kind] = [:],
  zone: LocalZone = .shanghai, _ body: (Library) async throws -> Void
) async throws {
  try await withFreshStore(engine) { store in
    let bench = try await PluginBench(
      StudyRecordsPlugin.self, store: store, settings: settings,
      clock: ManualClock("2017-03-25 20:00:02"), zone: zone, demo: true)
    var new = NewAccount(login: "bllli", name: "bllli", password: "123", roles: .student)
    new.email = "1@1.com"
    new.profiles = [.studyName: "bllli", .studentNumber: "4130209101"]
    try await body(
      Library(bench: bench, bllli: try await bench.accounts.create(new).identity))
  }
}

struct Library: Sendable {
  static let host = "127.0.0.1:5000"

  let bench: PluginBench
  let bllli: Identity

  /// A second student.
  func student(_ name: String, roles: Roles = .student) async throws -> Identity {
    try await bench.accounts.create(
      NewAccount(login: name, name: name, password: "pass-\(name)", roles: roles)
    ).identity
  }

  /// A call below `/api/v1.0` as the document's example makes it.
  func call(
    _ method: Method, _ path: String, _ body: String = "", user: String = "1@1.com:123",
    from peer: Peer = .loopback
  ) async -> BenchAnswer {
    await bench.call(
      method, "/api/v1.0/\(path)", body: .bytes(Array(body.utf8)),
      headers: [
        "Host": Library.host,
        "Authorization": "Basic \(Base64.standard.encode(Array(user.utf8)))",
      ], from: peer)
  }

  func get(_ path: String, as who: Identity?) async -> BenchAnswer {
    await bench.get("/api/v1.0/\(path)", as: who)
  }

  func start(_ body: JSONValue = [:], as who: Identity) async -> BenchAnswer {
    await bench.post("/api/v1.0/studys/", json: body, as: who)
  }

  func finish(_ id: Int, _ body: JSONValue = [:], as who: Identity) async -> BenchAnswer {
    await bench.call(.put, "/api/v1.0/studys/\(id)", body: .bytes(body.encoded()), as: who)
  }

  func register(
    _ body: JSONValue, from peer: Peer = .loopback
  ) async -> BenchAnswer {
    await bench.post("/api/v1.0/register", json: body, from: peer)
  }
}

extension BenchAnswer {
  /// The status, and the members of a refusal.
  var refusal: String {
    "\(status) \(json["error"]?.string ?? "?"): \(json["message"]?.string ?? "?")"
  }
}

extension Peer {
  static let outside = Peer(address: "203.0.113.7", bytes: [203, 0, 113, 7])
}
