import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

/// A person whose account was deleted and made anew.
@Suite struct SuccessorTests {
  /// The account to which the staff gives the name `li` for these systems.
  private func make(_ login: String, _ library: Library) async throws -> Identity {
    var new = NewAccount(login: login, name: login, roles: .student)
    new.profiles[.studyName] = "li"
    return try await library.bench.accounts.create(new).identity
  }

  private func successor(of who: Identity, _ library: Library) async throws -> Identity {
    try await library.bench.accounts.change(try #require(who.account)) {
      $0.profiles[.studyName] = nil
    }
    return try await make("second", library)
  }

  private func name(_ library: Library, _ who: Identity) async -> JSONValue? {
    await library.get("users/myself", as: who).json["username"]
  }

  @Test(arguments: Engine.testable)
  func `finds the records of the name that the staff has given`(engine: Engine) async throws {
    try await withLibrary(engine) { library in
      let li = try await make("first", library)
      let id = await library.start(as: li).json["id"]
      // Ids of accounts are not given out again.
      try await library.bench.store.execute(
        "UPDATE study_users SET account = 4711 WHERE username = 'li'")
      let next = try await successor(of: li, library)
      #expect(await name(library, next) == "li")
      let records = await library.get("users/myself", as: next).json["studys"]?.string
      let path = try #require(records?.split(separator: "/api/v1.0/").last)
      let list = await library.get(String(path), as: next).json["studys"]?.array
      #expect(list?.compactMap { $0["id"] } == [try #require(id)])
    }
  }

  @Test(arguments: Engine.testable)
  func `takes nothing from an account that is there`(engine: Engine) async throws {
    try await withLibrary(engine) { library in
      let li = try await make("first", library)
      _ = await library.start(as: li)
      let next = try await successor(of: li, library)
      #expect(await name(library, next) != "li")
      let holder = try #require(
        try await library.bench.store.first(
          "SELECT account FROM study_users WHERE username = 'li'"))
      #expect(try holder.int64("account") == li.account)
    }
  }

  @Test(arguments: Engine.testable)
  func `takes nothing by a login that anybody may choose`(engine: Engine) async throws {
    try await withLibrary(engine) { library in
      let li = try await library.student("li")
      _ = await library.start(as: li)
      try await library.bench.store.execute(
        "UPDATE study_users SET account = 4711, username = 'wu' WHERE username = 'li'")
      let wu = try await library.student("wu")
      #expect(await name(library, wu) != "wu")
    }
  }
}
