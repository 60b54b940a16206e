import Testing

@testable import muster_bench

private func parse(_ line: String) throws(UsageError) -> Options? {
  try Options.parse(line.split(separator: " ").map(String.init))
}

private let one = "--target muster://127.0.0.1:8443"

@Suite struct `Options of the bench` {
  @Test func `without words or with --help, help is wanted`() throws {
    #expect(try parse("") == nil)
    #expect(try parse("echo --help") == nil)
    #expect(Options.help.contains("muster-bench compare"))
  }

  @Test func `say what is measured and how`() throws {
    let options = try #require(
      try parse(
        """
        fanout \(one),pid=17 --connections 1000 --publishers 8 --in-flight 4 --size 128 \
        --seconds 2.5 --warm-up 0 --deflate --json --core 1 --opening 10
        """))
    #expect(options.scenario == .fanout && !options.isComparison && options.core == 1)
    #expect(options.connections == 1000 && options.publishers == 8 && options.inFlight == 4)
    #expect(options.size == 128 && options.seconds == 2.5 && options.warmUp == 0)
    #expect(options.deflates && options.writesJSON && !options.resumes && options.opening == 10)
    #expect(options.targets.first?.process == 17)
  }

  @Test func `a comparison takes short turns of two targets or more`() throws {
    let line = "compare echo --target a=wss://h:1/e --target b=wss://h:2/e,publish=/p --rounds 3"
    let options = try #require(try parse(line))
    #expect(options.isComparison && options.seconds == 0.6 && options.rounds == 3)
    #expect(options.targets.map(\.name) == ["a", "b"])
    #expect(options.targets[1].publishPath == "/p")
  }

  @Test func `what clients say belongs to the target before it`() throws {
    let options = try #require(
      try Options.parse([
        "compare", "fanout", "--target", "a=wss://h:1/", "--hello", "hi", "--join", "in {i}",
        "--message", "<{p}>", "--target", "b=wss://h:2/", "--expect", "ok",
      ]))
    #expect(options.targets[0].hello == ["hi"] && options.targets[0].join == ["in {i}"])
    #expect(options.targets[0].message == "<{p}>" && options.targets[0].expected == nil)
    #expect(options.targets[1].hello == [] && options.targets[1].expected == "ok")
  }

  @Test(arguments: [
    "drum \(one)", "echo", "echo --size 64", "echo \(one) --size", "echo \(one) --size 43",
    "echo \(one) --size x", "echo \(one) --bogus 1", "echo \(one) --seconds -1",
    "echo \(one) --message hello", "echo --hello hi \(one)", "echo \(one) \(one)",
    "compare echo \(one)", "compare echo \(one) \(one)", "compare",
    "compare idle \(one) --target b=wss://h:2/", "echo --target http://h:1/",
    "echo --target wss://h/", "echo --target wss://:1/", "echo --target wss://h:99999/",
    "echo \(one),pid=0", "echo \(one),pid=x", "echo \(one),publish=p", "echo --target ,",
  ])
  func `what makes no sense is refused with a sentence`(line: String) {
    #expect(throws: UsageError.self) { try parse(line) }
  }
}

@Suite struct `A target` {
  @Test func `that speaks Muster's protocol knows what its clients say`() throws {
    let target = try Target("muster://127.0.0.1:8443")
    let echo = target.prepared(for: .echo)
    #expect(echo.name == "muster" && echo.path == "/echo" && echo.message == "{p}")
    #expect(echo.hello.isEmpty && echo.expected == nil)
    let fanout = target.prepared(for: .fanout)
    #expect(fanout.path == "/ws" && fanout.hello.count == 2 && fanout.expected != nil)
    #expect(fanout.message.contains("{p}") && fanout.message.contains("echo.room.bench"))
  }

  @Test func `may be told a path and words of its own`() throws {
    var target = try Target("x=muster://h:1/other")
    target.hello = ["mine"]
    let prepared = target.prepared(for: .fanout)
    #expect(prepared.name == "x" && prepared.path == "/other" && prepared.hello == ["mine"])
    let plain = try Target("wss://h:1")
    #expect(plain.prepared(for: .fanout) == plain && plain.path == "/" && plain.name == "h:1")
  }
}
