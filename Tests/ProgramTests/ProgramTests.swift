import AccountStore
import Configuration
import HubCore
import Limits
import PluginHost
import Testing

@testable import MusterServer

@Suite struct ProgramTests {
  @Test func `what makes no sense ends with 2 and says where help is`() async {
    let screen = Screen()
    #expect(await screen.run("account", "lsit") == 2)
    #expect(screen.errors.contains("did you mean list?"))
    #expect(screen.errors.contains("muster account --help"))
    #expect(await screen.run("account", "list", "--set", "x") == 2)
    #expect(await screen.run("token", "issue", "li", "--life", "soon") == 2)
  }

  @Test func `a wrong configuration ends with 78 and everything that is wrong`() async {
    let screen = Screen()
    let path = screen.file("m.yaml", "workers: many\nlimits:\n  mesage: 1\n")
    #expect(await screen.run("check-config", "--config", path) == 78)
    #expect(screen.errors.contains("m.yaml:1: workers wants a number"))
    #expect(screen.errors.contains("m.yaml:3: limits.mesage is not known"))
    #expect(await screen.run("check-config", "--config", "/no/such/file") == 78)
    #expect(await screen.run("account", "list", "--database", "oracle:x") == 78)
  }

  @Test func `check-config tells what differs and from where`() async {
    let screen = Screen()
    let path = screen.file("m.yaml", "workers: 3\nmail:\n  password: hunter2\n")
    let code = await screen.run(
      "check-config", "--listen", "127.0.0.1:0", "--listen", "[::1]:0", "--demo",
      environment: ["MUSTER_CONFIG": path, "MUSTER_LOG_LEVEL": "debug"])
    #expect(code == 0)
    #expect(screen.output.contains("workers: 3  # \(path):1"))
    #expect(screen.output.contains("log.level: debug  # $MUSTER_LOG_LEVEL"))
    #expect(screen.output.contains("listen: [\"127.0.0.1:0\", \"[::1]:0\"]  # --listen"))
    #expect(screen.output.contains("demo: true  # --demo"))
    #expect(!screen.output.contains("hunter2"))
  }

  @Test func `0 is no limit, and what is shorter than a second is not none`() throws {
    let table = KeyTable(Keys.all)
    func limits(_ value: String) throws -> ServerLimits {
      var sources = Sources()
      let names = [
        "hello", "handshake", "request", "queue_soft_age", "queue_hard_age", "waiting_calls",
        "request_body", "request_header", "echo_message",
      ]
      let lines = names.map { name in
        let isTime = ["hello", "handshake", "request"].contains(name) || name.hasPrefix("queue")
        return "  \(name): \(name == "waiting_calls" ? "0" : isTime ? value : "0")"
      }
      sources.file = ("m.yaml", Array(("limits:\n" + lines.joined(separator: "\n")).utf8))
      return ServerLimits(try ServerConfiguration.load(table, from: sources))
    }
    let none = try limits("0")
    #expect(none.helloSeconds == 0)
    #expect(min(none.handshakeSeconds, none.requestSeconds) > 86_400 * 365)
    #expect(none.queueSoftMilliseconds == 0 && none.queueHardMilliseconds == 0)
    #expect(none.waitingCalls == .max && min(none.requestBody, none.requestHeader) >= 1 << 30)
    let short = try limits("250ms")
    #expect(short.helloSeconds == 1 && short.handshakeSeconds == 1 && short.requestSeconds == 1)
    #expect(short.queueSoftMilliseconds == 250 && short.queueHardMilliseconds == 250)
  }

  @Test func `what print-config prints is a good configuration`() async {
    let screen = Screen()
    #expect(await screen.run("print-config") == 0)
    let path = screen.file("m.yaml", screen.output)
    #expect(await screen.run("check-config", "--config", path) == 0)
    #expect(await screen.run("print-config", "--effective", "--set", "workers=7") == 0)
    #expect(screen.output.contains("workers: 7"))
  }

  @Test func `the version is one line`() async {
    let screen = Screen()
    #expect(await screen.run("version") == 0)
    #expect(screen.output == "muster \(Version.number)\n")
  }

  @Test func `migrate makes the tables once`() async {
    let screen = Screen()
    #expect(await screen.run("migrate") == 0)
    let newest = "version \(StoredAccounts.migrations.count)"
    #expect(screen.output.contains("accounts: brought to \(newest)"))
    #expect(await screen.run("migrate") == 0)
    #expect(screen.output.contains("accounts: at \(newest)"))
  }
}
