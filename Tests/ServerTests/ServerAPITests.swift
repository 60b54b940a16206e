import JSON
import MusterTesting
import PluginHost
import PluginKit
import Storage
import Testing

@testable import HubCore
@testable import HubProtocol

/// The calls below `/api/v1` for people: logging in, and what staff may do.
@Suite struct ServerAPITests {
  private func withHub(_ body: (PluginBench) async throws -> Void) async throws {
    try await withFreshStore(.sqlite) { store in
      try await body(try await PluginBench(HubPlugin.self, store: store))
    }
  }

  private func make(
    _ bench: PluginBench, _ login: String, _ roles: Roles, number: String? = nil
  ) async throws -> Identity {
    var new = NewAccount(login: login, name: login, password: "\(login)-secret", roles: roles)
    if let number { new.profiles[.studentNumber] = number }
    return try await bench.accounts.create(new).identity
  }

  @Test(arguments: ["lin", "2100301418"])
  func `anybody logs in by any of their names`(name: String) async throws {
    try await withHub { bench in
      _ = try await make(bench, "lin", .student, number: "2100301418")
      let answer = await bench.post(
        "/api/v1/login", json: ["login": .string(name), "password": "lin-secret"])
      #expect(answer.status == 200)
      #expect(answer.json["user"]?["name"] == "lin")
      #expect(answer.json["user"]?["roles"] == ["student"])
      let token = try #require(answer.json["token"]?.string)
      #expect(try await bench.accounts.identity(token: token)?.name == "lin")
      let form = await bench.post(
        "/api/v1/login", form: ["login": name, "password": "lin-secret"])
      #expect(form.status == 200)
    }
  }

  @Test func `who is not there and who has another password are told the same`() async throws {
    try await withHub { bench in
      _ = try await make(bench, "lin", .student)
      let wrong = await bench.post(
        "/api/v1/login", json: ["login": "lin", "password": "guess"])
      let nobody = await bench.post(
        "/api/v1/login", json: ["login": "nobody", "password": "guess"])
      #expect(wrong.status == 401)
      #expect(wrong.text == nobody.text)
      // A password in the address would be kept in logs.
      let query = await bench.call(.post, "/api/v1/login?login=lin&password=lin-secret")
      #expect(query.status == 400)
    }
  }

  @Test func `a text that no database can keep is the mistake of its sender`() throws {
    let error = #expect(throws: StoreError.self) { try Value.text("tao\0").checkStorable() }
    #expect(RouteRunner.shaped(try #require(error)).code == .invalid)
    #expect(ClientError.told(try #require(error)).error == .badRequest)
  }

  @Test func `a token that was logged out is not good any more`() async throws {
    try await withHub { bench in
      _ = try await make(bench, "lin", .student)
      let answer = await bench.post(
        "/api/v1/login", json: ["login": "lin", "password": "lin-secret"])
      let token = try #require(answer.json["token"]?.string)
      let out = await bench.call(.post, "/api/v1/logout", headers: ["token": token])
      #expect(out.status == 204)
      #expect(try await bench.accounts.identity(token: token) == nil)
      #expect(await bench.call(.post, "/api/v1/logout").status == 401)
    }
  }

  @Test(arguments: [
    ("/api/v1/topics", 200), ("/api/v1/connections", 200), ("/api/v1/accounts", 200),
    ("/api/v1/disconnect", 200), ("/api/v1/publish", 403), ("/api/v1/accounts/1/lock", 403),
  ])
  func `staff may look and send away, and only admins do more`(
    path: String, status: Int
  ) async throws {
    try await withHub { bench in
      let tao = try await make(bench, "tao", .student)
      let boss = try await make(bench, "boss", .staff)
      let body: JSONValue = ["user": "u1", "topic": "hub.stats", "data": [:]]
      #expect(await bench.post(path, json: body).status == 401)
      #expect(await bench.post(path, json: body, as: tao).status == 403)
      #expect(await bench.post(path, json: body, as: boss).status == status)
    }
  }

  @Test func `a cookie alone opens nothing here, for it comes along from any page`() async throws {
    try await withHub { bench in
      let boss = try await make(bench, "boss", .admin)
      let account = try #require(boss.account)
      let token = try await bench.accounts.issueToken(
        for: account, purpose: "pages", life: .fixed(seconds: 60)
      ).text
      let answer = await bench.call(
        .post, "/api/v1/topics", body: .bytes(Array("{}".utf8)), cookies: ["token": token])
      #expect(answer.status == 401)
    }
  }

  @Test func `accounts are found and locked`() async throws {
    try await withHub { bench in
      let lin = try await make(bench, "lin", .student, number: "2100301418")
      let admin = try await make(bench, "root", .admin)
      let found = await bench.post("/api/v1/accounts", json: ["matching": "301418"], as: admin)
      #expect(found.json["accounts"]?.array?.count == 1)
      #expect(found.json["accounts"]?[0]?["profiles"]?["student_number"] == "2100301418")
      let id = try #require(lin.account)
      let locked = await bench.post("/api/v1/accounts/\(id)/lock", json: [:], as: admin)
      #expect(locked.json["active"] == false)
      #expect(try await bench.accounts.account(id)?.isActive == false)
      let free = await bench.post("/api/v1/accounts/\(id)/unlock", json: [:], as: admin)
      #expect(free.json["active"] == true)
      let own = try #require(admin.account)
      #expect(await bench.post("/api/v1/accounts/\(own)/lock", json: [:], as: admin).status == 409)
      #expect(await bench.post("/api/v1/accounts/99/lock", json: [:], as: admin).status == 404)
    }
  }
}
