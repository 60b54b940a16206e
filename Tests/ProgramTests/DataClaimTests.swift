import Configuration
import Glibc
import MusterTesting
import PluginKit
import Testing

@testable import MusterServer

@Suite struct DataClaimTests {
  @Test func `a second server on one data folder is refused with the pid of the first`()
    async throws
  {
    let screen = Screen()
    let flags = ["--listen", "127.0.0.1:0", "--set", "internal.listen="]
    try await screen.withServer { _ in
      #expect(await screen.run("serve", flags[0], flags[1], flags[2], flags[3]) == 1)
      #expect(screen.errors.contains("used by the server with pid \(getpid())"))
      #expect(FileLock.lastOwner(ofFolder: "\(screen.folder)/data") == Int(getpid()))
    }
    try await screen.withServer { _ in }
  }

  @Test func `a database file outside of the data folder has one server, too`() async throws {
    let (one, other) = (Screen(), Screen())
    let database = "sqlite:\(one.folder)/shared.db"
    try await one.withServer("--database", database) { _ in
      let error = await #expect(throws: Failure.self) {
        try await other.withServer("--database", database) { _ in }
      }
      #expect(error?.message.contains("shared.db is used by the server with pid") == true)
    }
  }

  @Test func `a database in the data folder of another server is taken, under any name`()
    async throws
  {
    let (one, other) = (Screen(), Screen())
    #expect(symlink("\(one.folder)/data/muster.db", "\(other.folder)/link.db") == 0)
    try await one.withServer { _ in
      for path in ["\(one.folder)/data/muster.db", "\(other.folder)/link.db"] {
        let error = await #expect(throws: Failure.self) {
          try await other.withServer("--database", "sqlite:\(path)") { _ in }
        }
        #expect(error?.message.contains("muster.db is used by the server with pid") == true)
      }
    }
  }

  @Test func `commands write the data of a running server, but restore does not`() async throws {
    let screen = Screen()
    let copy = "\(screen.folder)/copy.db"
    try await screen.withServer { _ in
      #expect(await screen.run("account", "add", "li", "--no-password") == 0)
      #expect(await screen.run("backup", copy) == 0)
      #expect(await screen.run("restore", copy) == 1)
      #expect(screen.errors.contains("used by the server with pid \(getpid())"))
    }
    #expect(await screen.run("restore", copy) == 0)
  }

  @Test(.disabled(if: ThrowawayPostgres.missing != nil))
  func `a PostgreSQL database has one server on any number of machines`() async throws {
    let database = try await ThrowawayPostgres.shared().makeDatabase()
    let (one, other) = (Screen(), Screen())
    try await one.withServer("--database", database) { _ in
      let error = await #expect(throws: Failure.self) {
        try await other.withServer("--database", database) { _ in }
      }
      #expect(error?.message.contains("used by muster with pid \(getpid()) on ") == true)
      #expect(error?.message.contains("stop that server first") == true)
    }
    try await other.withServer("--database", database) { _ in }
  }
}
