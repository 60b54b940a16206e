import Glibc
import Loop
import Testing

@testable import HubCore
@testable import MusterServer

/// `muster watch` with a key, against a server that runs.
@Suite(.timeLimit(.minutes(2))) struct WatchCommandTests {
  @Test func `watch says that a key is not good, and what a good one may not do`() async throws {
    let screen = Screen()
    try await screen.withServer { server in
      let port = try #require(server.running.server.addresses.first?.first?.port)
      let place = ["--server", "https://127.0.0.1:\(port)", "--insecure"]
      func watch(_ key: String) async -> Int32 {
        await screen.run(
          "watch", "checkin.presence", place[0], place[1], place[2], "--key", key)
      }
      #expect(await watch("mk_nonsense") == 1)
      #expect(screen.errors.contains("refuses this key or token"))
      #expect(await screen.run("token", "key", "add", "x", "--scope", "subscribe:chat.*") == 0)
      #expect(await watch(String(screen.output.dropLast())) == 1)
      #expect(screen.errors.contains("checkin.presence: ") && screen.errors.contains("permission"))
      #expect(await screen.run("token", "key", "add", "x", "--scope", "subscibe") == 1)
      #expect(screen.errors.contains("one of publish, subscribe"))
    }
  }

  @Test func `a port that is taken is named with its key and its holder`() async throws {
    let (first, second) = (Screen(), Screen())
    try await first.withServer { server in
      let port = try #require(server.running.server.addresses.first?.first?.port)
      let flags = ["--listen", "127.0.0.1:\(port)", "--set", "internal.listen="]
      #expect(await second.run("serve", flags[0], flags[1], flags[2], flags[3]) == 1)
      #expect(second.errors.contains("127.0.0.1:\(port) is in use by"))
      #expect(second.errors.contains("name another address in listen"))
      // The doctor knows the server of the same data folder.
      #expect(await first.run("doctor", flags[0], flags[1], flags[2], flags[3]) == 0)
      #expect(first.output.contains("with this data folder"))
    }
  }

  @Test func `the self-made certificate lies in the data folder`() async throws {
    let screen = Screen()
    try await screen.withServer { _ in
      #expect(access("\(screen.folder)/data/tls/localhost.crt", R_OK) == 0)
    }
  }
}
