import JSON
import MusterTesting
import PluginKit
import SignTasks
import Storage
import Testing

/// Runs `body` with the plugin on a fresh store with the documents' data; it is the moment of
/// vector T2.
func withClassroom(
  _ engine: Engine = .sqlite, settings: [String: Setting.Kind] = [:],
  _ body: (Classroom) async throws -> Void
) async throws {
  try await withFreshStore(engine) { store in
    let bench = try await PluginBench(
      SignTasksPlugin.self, store: store, settings: settings,
      clock: ManualClock(now: 1_763_697_600_123), demo: true)
    try await body(try await Classroom(bench))
  }
}

/// The plugin with the people of the example data.
struct Classroom: Sendable {
  let bench: PluginBench
  let teacher: Identity
  let other: Identity
  let tao: Identity
  let lin: Identity

  init(_ bench: PluginBench) async throws {
    self.bench = bench
    func person(
      _ login: String, _ id: String, _ roles: Roles, _ kind: ProfileKind, _ number: String
    ) async throws -> Identity {
      var new = NewAccount(login: login, name: login, password: "\(login)123456", roles: roles)
      new.email = "\(login)@example.edu"
      new.profiles = [.courseUser: id]
      if number != login { new.profiles[kind] = number }
      return try await bench.accounts.create(new).identity
    }
    teacher = try await person("admin", "1", [.admin, .teacher], .staffName, "admin")
    other = try await person("chenwei", "2", .teacher, .staffName, "20120001")
    tao = try await person("tao", "32", .student, .studentNumber, "2100301419")
    lin = try await person("lin", "33", .student, .studentNumber, "2100301418")
  }

  var now: Int64 { bench.clock.now / 1000 }

  func get(_ path: String, as who: Identity?) async -> JSONValue {
    await bench.get(path, as: who).json
  }

  func post(_ path: String, _ form: KeyValuePairs<String, String>, as who: Identity?) async
    -> JSONValue
  {
    await bench.post(path, form: form, as: who).json
  }

  /// The code of an answer, after a look whether the words are the document's.
  func code(_ answer: JSONValue) -> Int { answer["code"]?.int ?? Int.min }

  func begin(_ sign: Int64 = 6, as who: Identity) async -> JSONValue {
    await post(
      "/sign/student_sign_begin",
      [
        "sign_id": "\(sign)", "key": "\(now)\tphone\tandroid", "hash": "\(now)phoneandroid",
      ], as: who)
  }

  func finish(_ sign: Int64 = 6, status: Int = 1, uuid: String = "phone", as who: Identity) async
    -> JSONValue
  {
    await post(
      "/sign/student_sign_finish",
      ["sign_id": "\(sign)", "key": "\(status)\t\(uuid)\t112.2456\t1.0E-5"], as: who)
  }
}
