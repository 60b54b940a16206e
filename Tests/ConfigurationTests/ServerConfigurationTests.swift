import Testing

@testable import Configuration

@Suite struct ServerConfigurationTests {
  private static let ping = Key(
    "heartbeat.ping", Duration.seconds(10), "Ping.", isReloadable: true,
    check: Keys.atLeast(.seconds(1)))
  private static let name = Key("name", "muster", "Name.")
  private static let limit = Key("limits.message", ByteCount.kibibytes(64), "Limit.")
  private static let origins = Key("origins", [String](), "Origins.")
  private static let listen = Key("listen", [ListenAddress("0.0.0.0:8443")], "Listen.")
  private static let password = Key("mail.password", Secret.none, "Password.")
  private let table = KeyTable([
    AnyKey(ping), AnyKey(name), AnyKey(limit), AnyKey(origins), AnyKey(listen), AnyKey(password),
  ])

  private func load(
    _ file: String? = nil, environment: [String: String] = [:], flags: [Sources.Flag] = []
  ) throws(ConfigurationError) -> ServerConfiguration {
    var sources = Sources()
    sources.file = file.map { ("m.yaml", Array($0.utf8)) }
    sources.environment = environment
    sources.flags = flags
    return try ServerConfiguration.load(table, from: sources)
  }

  private func problems(_ file: String) -> [String] {
    do {
      _ = try load(file)
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test func `a flag wins over a variable, a variable over the file, the file over the default`()
    throws
  {
    let flag = Sources.Flag("--name", path: "name", value: "flag")
    let file = "name: file\nheartbeat:\n  ping: 20s\n"
    let variables = ["MUSTER_NAME": "variable", "MUSTER_LIMITS_MESSAGE": "1MiB"]
    #expect(try load()[Self.name] == "muster")
    #expect(try load(file)[Self.name] == "file")
    #expect(try load(file, environment: variables)[Self.name] == "variable")
    let all = try load(file, environment: variables, flags: [flag])
    #expect(all[Self.name] == "flag")
    #expect(all[Self.ping] == .seconds(20))
    #expect(all[Self.limit] == .mebibytes(1))
    #expect(all.origin(of: "name") == .flag("--name"))
    #expect(all.origin(of: "heartbeat.ping") == .file("m.yaml", line: 3))
    #expect(all.origin(of: "limits.message") == .environment("MUSTER_LIMITS_MESSAGE"))
    #expect(all.origin(of: "origins") == .builtIn)
  }

  @Test func `an unknown key names its line and the nearest known one`() {
    #expect(
      problems("name: x\nhartbeat:\n  ping: 1s\nlimits:\n  mesage: 1\n  zzz: 2\n") == [
        "m.yaml:2: hartbeat is not known; did you mean heartbeat?",
        "m.yaml:5: limits.mesage is not known; did you mean limits.message?",
        "m.yaml:6: limits.zzz is not known",
      ])
  }

  @Test func `a value of the wrong kind names its line and what is wanted`() {
    let wrong = problems(
      "heartbeat:\n  ping: 10\norigins: https://a\nlimits: 3\nname: [x]\nlisten: [nowhere]\n")
    #expect(wrong.count == 5)
    #expect(wrong[0].hasPrefix("m.yaml:2: heartbeat.ping wants a time span"))
    #expect(wrong[1].hasPrefix("m.yaml:3: origins wants a list"))
    #expect(wrong[2] == "m.yaml:4: limits is a section, not a single value")
    #expect(wrong[3] == "m.yaml:5: name wants text, not a list")
    #expect(wrong[4].hasPrefix("m.yaml:6: listen wants HOST:PORT"))
    #expect(problems("heartbeat:\n  ping: 1ms\n") == ["m.yaml:2: heartbeat.ping is at least 1s"])
    #expect(problems("- a\n") == ["m.yaml:1: a configuration is a section of keys, not a list"])
  }

  @Test func `nothing behind a key leaves the default`() throws {
    let loaded = try load("name:\nheartbeat:\n  # ping: 1s\nlimits: ~\n")
    #expect(loaded[Self.name] == "muster")
    #expect(loaded[Self.ping] == .seconds(10))
  }

  @Test func `listeners are addresses or sections`() throws {
    let file = """
      listen:
        - 0.0.0.0:8443
        - address: "[::]:2333"
          dialect: chat
        - {address: "127.0.0.1:8080", tls: false}
      """
    let wanted = [
      ListenAddress("0.0.0.0:8443"), ListenAddress("[::]:2333", dialect: "chat"),
      ListenAddress("127.0.0.1:8080", tls: false),
    ]
    #expect(try load(file)[Self.listen] == wanted)
    let byFlag = Sources.Flag("--listen", path: "listen", value: "127.0.0.1:1,[::1]:2")
    #expect(
      try load(file, flags: [byFlag])[Self.listen].map(\.address) == ["127.0.0.1:1", "[::1]:2"])
    let byVariable = ["MUSTER_LISTEN": "[{address: \"a:1\", tls: false}]"]
    #expect(try load(environment: byVariable)[Self.listen] == [ListenAddress("a:1", tls: false)])
    #expect(
      problems("listen:\n  - adress: a:1\n    tls: true\n") == [
        "m.yaml:2: listen adress is not known here; did you mean address?"
      ])
  }

  @Test(arguments: ["8443", "host", "host:", "host:70000", ":8443", "a:b:1", "host:-1", "h:+1"])
  func `what is no address is refused`(text: String) {
    #expect(ListenAddress(configured: text) == nil)
  }

  @Test func `a misspelt variable is a warning, a wrong value in one is an error`() throws {
    let loaded = try load(environment: ["MUSTER_NMAE": "x", "MUSTER_CONFIG": "y", "HOME": "z"])
    #expect(
      loaded.warnings.map(\.description) == [
        "$MUSTER_NMAE: is no setting and is left alone; did you mean MUSTER_NAME?"
      ])
    #expect(throws: ConfigurationError.self) {
      try load(environment: ["MUSTER_HEARTBEAT_PING": "soon"])
    }
  }

  @Test func `an unknown flag key is an error`() {
    #expect {
      try load(flags: [Sources.Flag("--set", path: "nam", value: "x")])
    } throws: {
      "\($0)" == "--set: nam is not known; did you mean name?"
    }
  }

  @Test func `secrets are read from files and never printed`() throws {
    let loaded = try load("mail:\n  password: hunter2\n")
    #expect(loaded[Self.password].text == "hunter2")
    #expect(!"\(loaded[Self.password])".contains("hunter2"))
    #expect(!String(reflecting: loaded[Self.password]).contains("hunter2"))
    #expect(!table.printed(loaded).contains("hunter2"))
    #expect(try load("mail:\n  password: file:/dev/null\n")[Self.password].isEmpty)
    #expect(problems("mail:\n  password: file:/no/such/file\n").count == 1)
  }

  @Test func `a reload knows what has changed`() throws {
    let before = try load("name: a\nheartbeat:\n  ping: 10s\n")
    let after = try load("name: b\nheartbeat:\n  ping: 20s\n")
    #expect(after.changes(since: before).map(\.path) == ["heartbeat.ping", "name"])
    #expect(after.changes(since: before).map(\.isReloadable) == [true, false])
    #expect(try load().changes(since: before).map(\.path) == ["name"])
  }

  @Test func `all problems are told at once`() {
    #expect(problems("a: 1\nb: 2\nheartbeat:\n  ping: x\n").count == 3)
  }
}
