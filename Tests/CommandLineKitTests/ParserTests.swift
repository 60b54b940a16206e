import CommandLineKit
import Testing

@Suite struct ParserTests {
  private let program = Command(
    "muster", "A server.",
    commands: [
      Command(
        "serve", "Serve.",
        flags: [
          .value("listen", "HOST:PORT", repeated: true, "Where."), .value("data", "DIR", "Folder."),
          .on("demo", "Demo."),
        ]),
      Command(
        "account", "Accounts.",
        commands: [
          Command(
            "add", "Add.", operands: [Operand("LOGIN", "Who.")],
            flags: [.value("name", "TEXT", "N.")]
          ),
          Command("list", "List.", operands: [Operand("TEXT", optional: true, "Search.")]),
        ]),
      Command("bench", "Measure.", takesAnything: true), Command("version", "Version."),
    ])

  private func run(_ words: String) throws -> Invocation {
    guard
      case .run(let invocation) = try program.parse(words.split(separator: " ").map(String.init))
    else {
      Issue.record("only help came of \(words)")
      throw UsageError("help")
    }
    return invocation
  }

  private func failure(_ words: String) -> String? {
    do {
      _ = try program.parse(words.split(separator: " ").map(String.init))
      return nil
    } catch {
      return error.message
    }
  }

  @Test func `flags take their values in both spellings and any order`() throws {
    let serve = try run("serve --listen a:1 --demo --listen=b:2 --data=x=y")
    #expect(serve.path == ["serve"])
    #expect(serve.values("listen") == ["a:1", "b:2"])
    #expect(serve.value("data") == "x=y")
    #expect(serve.has("demo") && !serve.has("echo"))
    let add = try run("account add --name Li li")
    #expect(add.path == ["account", "add"])
    #expect(add.operand(0) == "li" && add.operand(1) == nil)
    #expect(try run("account add li --name Li") == add)
  }

  @Test func `two dashes end the flags`() throws {
    #expect(try run("account add -- --li").operand(0) == "--li")
    #expect(try run("account list").operands.isEmpty)
  }

  @Test func `what belongs to another program is passed on as it is`() throws {
    #expect(try run("bench echo --help -x").rest == ["echo", "--help", "-x"])
  }

  @Test func `what is unknown names the nearest`() {
    #expect(failure("serv") == "unknown command serv; did you mean serve?")
    #expect(failure("account lsit") == "unknown command lsit; did you mean list?")
    #expect(failure("serve --lisen x") == "unknown flag --lisen; did you mean --listen?")
    #expect(failure("serve --zzzzzz") == "unknown flag --zzzzzz")
    #expect(failure("serve -listen") == "--listen HOST:PORT: the value is missing")
  }

  @Test func `what is missing or too much is said`() {
    #expect(failure("account") == "account needs one of add, list")
    #expect(failure("account add") == "LOGIN is missing")
    #expect(failure("account add a b") == "b is one word too many")
    #expect(failure("serve --data") == "--data DIR: the value is missing")
    #expect(failure("serve --data a --data b") == "--data is there twice")
    #expect(failure("serve --demo=yes") == "--demo takes no value")
    #expect(failure("--demo serve") == "--demo must stand behind a command")
  }

  @Test(arguments: [
    "", "--help", "-h", "help", "serve --help", "help serve", "account --help", "account add -h",
    "help account add", "serve --data x --help",
  ])
  func `help is everywhere`(words: String) throws {
    let parsed = try program.parse(words.split(separator: " ").map(String.init))
    guard case .help(let text) = parsed else {
      Issue.record("no help for \(words)")
      return
    }
    #expect(text.contains("Usage: muster"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func `the version can be asked for as a flag`() throws {
    #expect(try run("--version") == run("version"))
  }
}
