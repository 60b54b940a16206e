import Configuration
import PluginKit
import Testing

@testable import MusterServer

/// What a server would refuse is found by everything that looks at a configuration.
@Suite struct ConfigurationCheckTests {
  private static let refused = [
    ("heartbeat.unstable=10s", "--set: heartbeat.unstable has to be longer"),
    ("heartbeat.timeout=15s", "shorter than heartbeat.timeout"),
    ("drain=21s", "is at most 20s"),
    ("database=oracle:x", "--set: database wants sqlite:PATH or postgres://"),
    (
      "tls.authorities=/nowhere/ca.pem", "--set: tls.authorities cannot be used: the authorities in"
    ),
    ("tls.certificates=/no/c.pem:/no/k.pem", "--set: tls.certificates cannot be used: /no/c.pem"),
    ("webhooks.url=https://x.example/", "--set: webhooks.url needs webhooks.secret"),
    ("webhooks.url=http://x.example/", "--set: webhooks.url wants https://HOST/PATH"),
    ("webhooks.url=http://localhost.x.example/", "webhooks.url wants https://HOST/PATH"),
    ("webhooks.url=http://localhost@x.example/", "webhooks.url wants https://HOST/PATH"),
    ("webhooks.url=http://[::1]:8080/x", "--set: webhooks.url needs webhooks.secret"),
    ("listen=[]", "--set: listen names no address"),
    ("listen=127.0.0.1:9443", "internal.listen has 127.0.0.1:9443 twice"),
    ("listen=[{address: \"127.0.0.1:0\", dialect: klingon}]", "listen knows the dialects chart, "),
    ("origins=www.example.edu", "--set: origins wants origins such as https://"),
    ("proxies=the.proxy", "--set: proxies wants addresses and networks"),
    ("chat.capacity=0", "--set: chat.capacity is 1 to 10000, not 0"),
    ("chat.open_networks=10.0.0.0/99", "--set: chat.open_networks wants addresses and networks"),
    ("checkin.opens_at=25:00", "--set: checkin.opens_at wants a time such as 23:30"),
    ("checkin.export_at=xx", "--set: checkin.export_at wants a time such as 23:30, not \"xx\""),
    ("checkin.weekly_on=Sonntag", "--set: checkin.weekly_on wants a day such as sunday"),
    ("checkin.allowed_origins=*,www", "--set: checkin.allowed_origins wants origins"),
    ("redis=redis://127.0.0.1", "--set: redis is not known"),
  ]

  @Test(arguments: refused)
  func `check-config, doctor and serve refuse it with 78`(setting: String, words: String) async {
    let screen = Screen()
    for command in ["check-config", "serve"] {
      #expect(await screen.run(command, "--set", setting) == 78, "\(command)")
      #expect(screen.errors.contains(words), "\(screen.errors)")
      #expect(!screen.errors.contains("Error("), "\(screen.errors)")
    }
    #expect(await screen.run("doctor", "--set", setting) == 78)
    #expect((screen.output + screen.errors).contains(words), "\(screen.output)")
  }

  private static let plain = "listen=[{address: \"ADDRESS\", tls: false}]"
  private static let closed = [
    "accounts.registration=closed", "chat.open_networks=[]", "checkin.open_networks=[]",
  ]

  @Test(arguments: [
    ("127.0.0.1:0", [], true), ("127.0.0.1:0", closed, false), ("0.0.0.0:0", closed, true),
    ("0.0.0.0:0", ["proxies=127.0.0.1"], false),
  ])
  func `a plain listener without proxies is warned of`(
    address: String, settings: [String], isWarned: Bool
  ) async {
    let screen = Screen()
    let listen = ConfigurationCheckTests.plain.replacing("ADDRESS", with: address)
    let flags = ([listen] + settings).flatMap { ["--set", $0] }
    #expect(await screen.run(["check-config"] + flags) == 0, "\(screen.errors)")
    #expect(screen.output.contains("takes plain HTTP and proxies is empty") == isWarned)
    _ = await screen.run(["doctor"] + flags)
    #expect(screen.output.contains("warn  proxies: listen \(address) takes plain") == isWarned)
  }

  @Test(
    arguments: [
      ([], true), (closed, false), (["hosts=lab.example.edu"], false),
      (["proxies=127.0.0.1"], false),
    ] as [([String], Bool)])
  func `a plain listener without a name is warned of while there are open networks`(
    settings: [String], isWarned: Bool
  ) async {
    let screen = Screen()
    let listen = ConfigurationCheckTests.plain.replacing("ADDRESS", with: "127.0.0.1:0")
    #expect(
      await screen.run(["check-config"] + ([listen] + settings).flatMap { ["--set", $0] }) == 0)
    #expect(screen.output.contains("takes plain HTTP and hosts is empty") == isWarned)
  }

  @Test(arguments: [([], true), (["--demo"], false)] as [([String], Bool)])
  func `a student check for development is warned of outside the example data`(
    flags: [String], isWarned: Bool
  ) async {
    let screen = Screen()
    let flags = flags + ["--set", "study.student_check=always"]
    #expect(await screen.run(["check-config"] + flags) == 0)
    #expect(screen.output.contains("warning: study.student_check is always") == isWarned)
    _ = await screen.run(["doctor"] + flags)
    #expect(screen.output.contains("warn  plugins: study.student_check is always") == isWarned)
  }

  @Test func `all problems are told at once, each with its line`() async {
    let screen = Screen()
    let path = screen.file(
      "m.yaml", "origins: [nonsense]\ncheckin:\n  opens_at: \"25:00\"\nchat:\n  capacity: 0\n")
    #expect(await screen.run("serve", "--config", path) == 78)
    let lines = screen.errors.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("muster: \(path):1: origins wants"))
    #expect(screen.errors.contains("\(path):3: checkin.opens_at wants"))
    #expect(screen.errors.contains("\(path):5: chat.capacity is"))
  }

  @Test func `a plugin that cannot be made is a sentence, not a dump`() async {
    let screen = Screen()
    #expect(await screen.run("check-config", plugins: [Moody.self]) == 78)
    #expect(screen.errors == "muster: default: the plugin moody cannot be made: not today\n")
    #expect(await screen.run("serve", plugins: [Moody.self]) == 78)
  }

  @Test func `a reload refuses what a start would refuse, and keeps what was in force`()
    async throws
  {
    let screen = Screen()
    let path = screen.file("m.yaml", "checkin:\n  opens_at: \"06:00\"\n")
    try await screen.withServer("--config", path) { server in
      for text in [
        "checkin:\n  opens_at: \"25:00\"\n", "tls:\n  certificates: [{certificate: a, key: b}]\n",
      ] {
        _ = screen.file("m.yaml", text)
        await server.reload()
        #expect(
          server.running.live.current.value(at: "checkin.opens_at", as: String.self) == "06:00")
      }
      _ = screen.file("m.yaml", "checkin:\n  opens_at: \"05:00\"\n")
      await server.reload()
      #expect(server.running.live.current.value(at: "checkin.opens_at", as: String.self) == "05:00")
    }
  }

  @Test func `the example file is what print-config prints`() async throws {
    let screen = Screen()
    _ = await screen.run("print-config")
    let example = #filePath.replacing(
      "Tests/ProgramTests/ConfigurationCheckTests.swift", with: "deploy/muster.example.yaml")
    #expect(String(decoding: try TextFile.read(example), as: UTF8.self) == screen.output)
  }

  private struct Moody: Plugin {
    static let name = "moody"
    init(services: PluginServices) throws { throw PluginError.invalid("not today") }
    func register(with registrar: inout Registrar) {}
  }
}
