import Configuration
import Glibc
import Loop
import Testing

@testable import MusterServer

@Suite struct DoctorTests {
  @Test func `a fresh machine can start, with remedies for what could be better`() async {
    let screen = Screen()
    let code = await screen.run(
      "doctor", "--listen", "127.0.0.1:0", "--set", "internal.listen=127.0.0.1:0")
    #expect(code == 0)
    #expect(screen.output.contains("will be made at the first start"))
    #expect(screen.output.contains("→ name the files of a real one in tls.certificates"))
  }

  @Test func `the password of the example data is a failure`() async throws {
    let screen = Screen()
    let flags = ["--listen", "127.0.0.1:0", "--set", "internal.listen="]
    try await screen.withServer("--demo") { _ in }
    for person in DemoAccounts.people.dropFirst() {
      _ = await screen.run("account", "disable", person.login)
    }
    #expect(await screen.run("doctor", flags[0], flags[1], flags[2], flags[3]) == 1)
    #expect(screen.output.contains("FAIL  accounts: admin still has the password"))
    screen.willType("something else")
    _ = await screen.run("account", "passwd", "admin")
    #expect(await screen.run("doctor", flags[0], flags[1], flags[2], flags[3]) == 0)
  }

  @Test func `example data are served with public passwords only on demand`() async throws {
    let screen = Screen()
    let flags = ["--listen", "127.0.0.1:0", "--set", "internal.listen="]
    try await screen.withServer("--demo") { _ in }
    #expect(await screen.run("serve", flags[0], flags[1], flags[2], flags[3]) == 78)
    #expect(screen.errors.contains("public passwords of admin, tao, lin, "))
    #expect(!screen.errors.contains("zhaojun"), "a disabled account lets nobody in")
    #expect(screen.errors.contains("muster account passwd"))
    try await screen.withServer("--demo") { _ in }
    screen.willType("a better one")
    _ = await screen.run("account", "passwd", "admin")
    for person in DemoAccounts.people.dropFirst() {
      _ = await screen.run("account", "disable", person.login)
    }
    try await screen.withServer { _ in }
  }

  @Test func `a folder is looked at for rights and room`() {
    let screen = Screen()
    var check = DataFolderCheck(path: screen.folder)
    check.room = { _ in 5 << 30 }
    #expect(check.findings().map(\.level) == [.good, .good])
    check.room = { _ in 500 << 20 }
    #expect(check.findings().map(\.level) == [.good, .warning])
    check.room = { _ in 50 << 20 }
    #expect(check.findings().map(\.level) == [.good, .failure])
    chmod(screen.folder, 0o755)
    #expect(check.findings().map(\.level) == [.warning, .failure])
    #expect(DataFolderCheck(path: "/proc/no/such").findings().map(\.level) == [.failure])
  }

  @Test func `a machine is looked at for limits, clock and user`() {
    var machine = MachineCheck(
      openFiles: 1 << 20, backlog: 4096, isClockKept: true, year: 2026, isRoot: false)
    #expect(machine.findings().allSatisfy { $0.level == .good })
    machine.openFiles = 1024
    machine.backlog = 128
    machine.isClockKept = false
    machine.isRoot = true
    #expect(machine.findings().allSatisfy { $0.level == .warning && $0.remedy != nil })
    machine.year = 1970
    #expect(machine.findings()[2].level == .failure)
  }

  @Test func `a port that is taken, or cannot be, is told`() throws {
    let taken = try Loop.Listener.open(try Endpoint("127.0.0.1:0"))
    let port = taken[0].address.port
    func levels(_ address: String) throws -> [Finding.Level] {
      var sources = Sources()
      sources.flags = [
        .init("--listen", path: "listen", value: address),
        .init("--set", path: "internal.listen", value: ""),
      ]
      let configuration = try ServerConfiguration.load(KeyTable(Keys.all), from: sources)
      return PortCheck(configuration).findings().map(\.level)
    }
    #expect(try levels("127.0.0.1:\(port)") == [.warning])
    #expect(try levels("127.0.0.1:0") == [.good])
    #expect(try levels("192.0.2.1:1") == [.failure])
  }

  @Test(arguments: [
    ("smtps://mail.example.edu", "mail.example.edu:465"),
    ("smtp://li:x@mail.example.edu:2525/path", "mail.example.edu:2525"),
    ("smtps://[::1]", "[::1]:465"), ("smtp://[::1]:7000", "[::1]:7000"),
    ("smtp://127.0.0.1:6380/0", "127.0.0.1:6380"),
  ])
  func `places are taken out of URLs`(url: String, place: String) {
    #expect(Reach.place(of: url, port: 465) == place)
  }

  @Test func `somebody who listens is reached, somebody who does not is not`() throws {
    let place: String
    do {
      let open = try Loop.Listener.open(try Endpoint("127.0.0.1:0"))
      place = "127.0.0.1:\(open[0].address.port)"
      #expect(Reach.fault(of: place) == nil)
    }
    #expect(Reach.fault(of: place) != nil)
    #expect(Reach.fault(of: "no port") != nil)
  }

  @Test func `a certificate that is missing is a failure`() throws {
    var sources = Sources()
    sources.flags = [.init("--set", path: "tls.certificates", value: "/no/c.pem:/no/k.pem")]
    let configuration = try ServerConfiguration.load(KeyTable(Keys.all), from: sources)
    #expect(CertificateCheck(configuration).findings().map(\.level) == [.failure])
  }
}
