import Glibc
import MusterTesting
import PostgresStore
import Storage
import Testing

@testable import MusterServer

private let missing: String? =
  ThrowawayPostgres.missing
  ?? (access("/usr/bin/pg_dump", X_OK) == 0 ? nil : "PostgreSQL's client programs are not here")

@Suite(.disabled(if: missing != nil, "\(missing ?? "")")) struct PostgresBackupTests {
  private func database() async throws -> [String: String] {
    ["MUSTER_DATABASE": try await ThrowawayPostgres.shared().makeDatabase()]
  }

  @Test func `what was backed up comes back`() async throws {
    let screen = Screen()
    let here = try await database()
    let copy = "\(screen.folder)/copy.dump"
    #expect(await screen.run("account", "add", "before", "--no-password", environment: here) == 0)
    #expect(await screen.run("backup", copy, environment: here) == 0, "\(screen.errors)")
    #expect(screen.output.contains("tables of accounts ") && screen.output.contains("checked"))
    var facts = stat()
    #expect(stat(copy, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
    #expect(access("\(copy).part", F_OK) != 0)
    _ = await screen.run("account", "add", "after", "--no-password", environment: here)
    #expect(await screen.run("restore", copy, "--verify", environment: here) == 0)
    #expect(screen.output.contains("is whole: tables of accounts "))
    #expect(await screen.run("restore", copy, environment: here) == 0, "\(screen.errors)")
    #expect(await screen.run("account", "list", environment: here) == 0)
    #expect(screen.output.contains("before") && !screen.output.contains("after"))
    // To another machine.
    let there = try await database()
    #expect(await screen.run("restore", copy, environment: there) == 0, "\(screen.errors)")
    #expect(await screen.run("account", "list", environment: there) == 0)
    #expect(screen.output.contains("before"))
  }

  @Test func `a copy that is damaged is found out and replaces nothing`() async throws {
    let screen = Screen()
    let here = try await database()
    let copy = "\(screen.folder)/copy.dump"
    _ = await screen.run("account", "add", "li", "--no-password", environment: here)
    #expect(await screen.run("backup", copy, environment: here) == 0)
    #expect(truncate(copy, 2000) == 0)
    #expect(await screen.run("restore", copy, "--verify", environment: here) == 1)
    #expect(screen.errors.contains("pg_restore failed"))
    #expect(await screen.run("restore", copy, environment: here) == 1)
    let text = screen.file("text", "not a backup")
    #expect(await screen.run("restore", text, environment: here) == 1)
    #expect(await screen.run("account", "list", environment: here) == 0)
    #expect(screen.output.contains("li"))
  }

  @Test func `nothing is put in the place of a database that is in use`() async throws {
    let screen = Screen()
    let here = try await database()
    let copy = "\(screen.folder)/copy.dump"
    _ = await screen.run("account", "add", "li", "--no-password", environment: here)
    #expect(await screen.run("backup", copy, environment: here) == 0)
    let address = try #require(here["MUSTER_DATABASE"])
    try await withOpenStore(address) {
      #expect(await screen.run("restore", copy, environment: here) == 1)
      #expect(screen.errors.contains("stop the server first"))
      // A backup needs no rest.
      #expect(await screen.run("backup", copy, environment: here) == 0)
    }
  }

  @Test func `a server that is not there is said to be so`() async {
    let screen = Screen()
    let nowhere = ["MUSTER_DATABASE": "postgres://muster:hunter2@127.0.0.1:1/none"]
    #expect(await screen.run("backup", "\(screen.folder)/copy", environment: nowhere) == 1)
    #expect(screen.errors.contains("pg_dump failed") && !screen.errors.contains("hunter2"))
    #expect(access("\(screen.folder)/copy.part", F_OK) != 0)
  }

  @Test func `a program that is not there is named`() {
    let tool = Tool(name: "pg_dump_that_is_nowhere")
    let error = #expect(throws: Failure.self) { try tool.run([]) }
    #expect(error?.message.contains("postgresql-client") == true)
  }

  @Test(arguments: [
    ("postgres://h/d", "postgres://h/d", nil),
    ("postgres://u@h:5432/d?sslmode=require", "postgres://u@h:5432/d?sslmode=require", nil),
    ("postgres://u:p%40ss@h/d", "postgres://u@h/d", "p@ss"),
    ("postgres://u@h/d?password=a%25b", "postgres://u@h/d", "a%b"),
    ("postgres://u:x@h/d?sslmode=require&password=y", "postgres://u@h/d?sslmode=require", "y"),
    ("postgres:///d?host=/run/pg", "postgres:///d?host=/run/pg", nil),
  ])
  func `the password is taken out of the address`(url: String, rest: String, password: String?) {
    let parts = PostgresCopy.separate(url)
    #expect(parts.url == rest && parts.password == password)
  }

  private func withOpenStore(_ address: String, _ body: () async throws -> Void) async throws {
    let store = try await PostgresStore.open(address)
    try await body()
    await store.close()
  }
}
