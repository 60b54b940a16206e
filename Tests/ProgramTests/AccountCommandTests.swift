import Testing

@testable import MusterServer

@Suite struct AccountCommandTests {
  @Test func `an account is made, listed, disabled and enabled`() async {
    let screen = Screen()
    screen.willType("long enough")
    let code = await screen.run(
      "account", "add", "li", "--name", "李", "--role", "teacher", "--role", "staff", "--profile",
      "staff_name=li.na", "--email", "li@example.edu")
    #expect(code == 0)
    #expect(await screen.run("account", "list") == 0)
    #expect(screen.output == "1\tli\t李\tstaff,teacher\tactive\tstaff_name=li.na\n")
    #expect(await screen.run("account", "disable", "li.na") == 0)
    #expect(await screen.run("account", "list", "--json", "李") == 0)
    #expect(screen.output.contains(#""login":"li""#) && screen.output.contains(#""active":false"#))
    #expect(await screen.run("account", "enable", "li") == 0)
    #expect(await screen.run("account", "list", "nobody") == 0)
    #expect(screen.output.isEmpty)
  }

  @Test func `a password that is too short, or none, makes no account`() async {
    let screen = Screen()
    screen.willType("short")
    #expect(await screen.run("account", "add", "li") == 1)
    #expect(screen.errors.contains("at least 8 characters"))
    screen.willType()
    #expect(await screen.run("account", "add", "li") == 1)
    #expect(await screen.run("account", "add", "li", "--no-password") == 0)
    #expect(await screen.run("account", "add", "li", "--no-password") == 1)
    #expect(screen.errors == "muster: login li is taken by account 1\n")
    #expect(await screen.run("account", "passwd", "nobody") == 1)
    #expect(await screen.run("account", "add", "x", "--role", "boss") == 2)
    #expect(await screen.run("account", "add", "x", "--profile", "shoe=43") == 2)
  }

  @Test func `an import names its bad lines and ends with 1 if there were any`() async {
    let screen = Screen()
    let good = screen.file("good.csv", "login,student_number\ntao,2100301419\nlin,2100301418\n")
    #expect(await screen.run("account", "import", good, "--dry-run") == 0)
    #expect(screen.output.contains("2 created") && screen.output.contains("Nothing was kept"))
    #expect(await screen.run("account", "import", good) == 0)
    #expect(await screen.run("account", "import", good) == 1)
    #expect(screen.errors.contains("line 2: tao: there is an account of this login"))
    #expect(await screen.run("account", "import", good, "--update") == 0)
    #expect(screen.output.contains("2 unchanged"))
    let bad = screen.file("bad.csv", "login,shoe\nx,43\n")
    #expect(await screen.run("account", "import", bad) == 1)
    #expect(screen.errors.contains("line 1: unknown column shoe"))
    #expect(await screen.run("account", "import", "/no/such/file") == 1)
  }

  @Test func `tokens are printed once, listed by their ids and ended`() async {
    let screen = Screen()
    _ = await screen.run("account", "add", "li", "--no-password")
    #expect(await screen.run("token", "issue", "li", "--life", "12h", "--purpose", "wall") == 0)
    let text = screen.output.dropLast()
    #expect(text.count == 43)
    #expect(await screen.run("token", "list", "li") == 0)
    #expect(screen.output.contains("wall") && !screen.output.contains(text))
    let id = screen.output.prefix { $0 != "\t" }
    #expect(await screen.run("token", "revoke", "li", "nothing") == 1)
    #expect(await screen.run("token", "revoke", "li", String(id)) == 0)
    #expect(await screen.run("token", "list", "li") == 0)
    #expect(screen.output.isEmpty)
  }

  @Test func `keys are printed once, listed by their numbers and ended`() async {
    let screen = Screen()
    #expect(await screen.run("token", "key", "add", "wall") == 2)
    #expect(await screen.run("token", "key", "add", "wall", "--scope", "publish:chat.*") == 0)
    #expect(screen.output.hasPrefix("mk_"))
    #expect(await screen.run("token", "key", "list") == 0)
    #expect(screen.output == "1\twall\tpublish:chat.*\tfor ever\tnever used\n")
    #expect(await screen.run("token", "key", "revoke", "1") == 0)
    #expect(await screen.run("token", "key", "revoke", "1") == 1)
    #expect(await screen.run("token", "key", "revoke", "one") == 2)
  }

  @Test func `set changes what is given and nothing else`() async {
    let screen = Screen()
    _ = await screen.run(
      "account", "add", "li", "--no-password", "--email", "li@example.edu", "--role", "student",
      "--profile", "telephone=13800000009")
    #expect(
      await screen.run(
        "account", "set", "li", "--name", "Li Na", "--role", "teacher", "--profile", "telephone=",
        "--profile", "staff_name=20120009") == 0)
    _ = await screen.run("account", "list", "--json")
    for part in [
      #""login":"li""#, #""name":"Li Na""#, #""email":"li@example.edu""#, #""roles":["teacher"]"#,
      #""profiles":{"staff_name":"20120009"}"#,
    ] { #expect(screen.output.contains(part)) }
    _ = await screen.run("account", "add", "wang", "--no-password")
    #expect(await screen.run("account", "set", "wang", "--login", "LI") == 1)
    #expect(screen.errors == "muster: login LI is taken by account 1\n")
    #expect(await screen.run("account", "set", "li") == 2)
    #expect(await screen.run("account", "set", "li", "--profile", "shoe=43") == 2)
    #expect(await screen.run("account", "set", "nobody", "--name", "x") == 1)
  }

  @Test func `a deleted account is gone and its names are free`() async {
    let screen = Screen()
    _ = await screen.run("account", "add", "li", "--no-password")
    #expect(await screen.run("account", "delete", "li") == 0)
    #expect(screen.output == "li, number 1, was deleted.\n")
    #expect(await screen.run("account", "delete", "li") == 1)
    #expect(await screen.run("account", "add", "li", "--no-password") == 0)
    #expect(screen.output.contains("number 2"))
  }

  @Test(arguments: [(";", ";"), ("\t", "a tab")])
  func `an import with another separator says so`(separator: String, name: String) async {
    let screen = Screen()
    let file = screen.file("a.csv", ["login", "name"].joined(separator: separator) + "\n")
    #expect(await screen.run("account", "import", file) == 1)
    #expect(screen.errors.contains("separated by \(name): save the file with commas"))
  }
}
