import HubCore
import SQLiteStore
import Storage
import Testing

@testable import MusterServer

@Suite struct BackupCommandTests {
  @Test func `what was backed up comes back`() async {
    let screen = Screen()
    let copy = "\(screen.folder)/copy.db"
    _ = await screen.run("account", "add", "before", "--no-password")
    #expect(await screen.run("backup", copy) == 0)
    #expect(screen.output.contains("tables of accounts "))
    _ = await screen.run("account", "add", "after", "--no-password")
    #expect(await screen.run("restore", copy, "--verify") == 0)
    #expect(await screen.run("restore", copy) == 0)
    #expect(await screen.run("account", "list") == 0)
    #expect(screen.output.contains("before") && !screen.output.contains("after"))
  }

  @Test func `what was restored is another history, and every topic says so`() async throws {
    let screen = Screen()
    let copy = "\(screen.folder)/copy.db"
    _ = await screen.run("account", "add", "before", "--no-password")
    func withStore<Result: Sendable>(
      _ body: (any Store) async throws -> Result
    ) async throws -> Result {
      let store = try await SQLiteStore.open(.file("\(screen.folder)/data/muster.db"))
      let result = try await body(store)
      await store.close()
      return result
    }
    try await withStore { store in
      try await HubServer.migrate(store)
      try await store.execute(
        "INSERT INTO hub_topics (name, epoch, last_offset) VALUES ('a.b', 'e1', 7)")
    }
    #expect(await screen.run("backup", copy) == 0)
    #expect(await screen.run("restore", copy) == 0, "\(screen.errors)")
    let row = try await withStore { try await $0.first("SELECT * FROM hub_topics") }
    let epoch = try row?.text("epoch")
    #expect(epoch != "e1" && epoch?.utf8.count == 8)
    #expect(try row?.int("last_offset") == 7)
  }

  @Test func `what is no backup is refused and replaces nothing`() async {
    let screen = Screen()
    _ = await screen.run("account", "add", "li", "--no-password")
    let text = screen.file("text.db", "not a database")
    #expect(await screen.run("restore", text, "--verify") == 1)
    #expect(await screen.run("restore", text) == 1)
    #expect(await screen.run("restore", "/no/such/file") == 1)
    #expect(await screen.run("backup", "/no/such/folder/x.db") == 1)
    #expect(await screen.run("account", "list") == 0)
    #expect(screen.output.contains("li"))
  }

  @Test func `without a database there is nothing to back up`() async {
    let screen = Screen()
    #expect(await screen.run("backup", "\(screen.folder)/copy.db") == 1)
    #expect(screen.errors.contains("there is no file"))
  }
}
