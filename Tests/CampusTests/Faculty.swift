import Campus
import JSON
import MusterTesting
import PluginKit
import Storage

/// Runs `body` with the plugin, the example data and its people on a fresh store.
func withFaculty(
  _ engine: Engine = .sqlite, settings: [String: Setting.Kind] = [:],
  at time: String = "2020-02-22 12:00:00", _ body: (Faculty) async throws -> Void
) async throws {
  try await withFreshStore(engine) { store in
    let bench = try await PluginBench(
      CampusPlugin.self, store: store, settings: settings, clock: ManualClock(time), demo: true)
    try await body(try await Faculty(bench))
  }
}

/// The people of the example data: user 1 is on the staff, users 7 to 9 are teachers, and user 10
/// is inactive.
struct Faculty: Sendable {
  let bench: PluginBench
  let admin: Identity
  let chen: Identity
  let li: Identity
  let wang: Identity

  init(_ bench: PluginBench) async throws {
    self.bench = bench
    func person(
      _ login: String, _ number: String, _ roles: Roles = .teacher, email: String? = nil,
      isActive: Bool = true
    ) async throws -> Identity {
      var new = NewAccount(login: login, name: login, password: "\(login)123456", roles: roles)
      new.email = email
      new.isActive = isActive
      new.profiles[.staffName] = number
      return try await bench.accounts.create(new).identity
    }
    admin = try await person(
      "admin", "admin", [.admin, .staff, .teacher], email: "admin@example.edu")
    chen = try await person("chenwei", "20120001", email: "chen@example.edu")
    li = try await person("lina", "20120002", email: "lina@example.edu")
    wang = try await person("wangfang", "20120003")
    _ = try await person("zhaojun", "20120004", isActive: false)
    // The first call of an account binds it to its user.
    for one in [admin, chen, li, wang] { _ = await bench.get("/departments/", as: one) }
  }

  /// A caller without campus rights.
  func student() async throws -> Identity {
    try await bench.accounts.create(
      NewAccount(login: "tao", name: "tao", password: "tao123456", roles: .student)
    ).identity
  }

  func get(_ path: String, as who: Identity? = nil) async -> BenchAnswer {
    await bench.get(path, as: who)
  }

  func post(_ path: String, _ body: JSONValue = [:], as who: Identity? = nil) async -> BenchAnswer {
    await bench.post(path, json: body, as: who)
  }

  func put(_ path: String, _ body: JSONValue = [:], as who: Identity? = nil) async -> BenchAnswer {
    await bench.call(
      .put, path, body: .bytes(body.encoded()), headers: ["Content-Type": "application/json"],
      as: who)
  }

  func delete(_ path: String, as who: Identity? = nil) async -> BenchAnswer {
    await bench.call(.delete, path, as: who)
  }
}

extension BenchAnswer {
  /// The status and the body as text.
  var whole: String { "\(status) \(text)" }
}
