import Glibc
import Loop
import Rig

/// The program itself, in a process and with a folder of its own, always on the same port: it can
/// be killed, stopped and started again.
actor RealServer {
  nonisolated let port: UInt16
  private let folder: FreshFolder
  private let arguments: [String]
  /// Where the accounts are, if not in the folder.
  private let database: [String]
  private nonisolated let thread = BlockingThread(name: "trial-server")
  private var child: ChildProcess?
  private var guest: ChildProcess?

  // Starting and stopping block.
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// `NAME=value`, as for the program `env`.
  private let environment: [String]

  private init(_ settings: [String], environment: [String]) throws {
    self.environment = environment
    folder = try FreshFolder()
    port = try RealServer.freePort()
    database = settings.filter { $0.hasPrefix("database=") }.flatMap { ["--set", $0] }
    arguments =
      ["serve", "--echo", "--listen", "127.0.0.1:\(port)", "--data", folder.path]
      + (["internal.listen=", "limits.connections_per_address=0"] + settings)
      .flatMap { ["--set", $0] }
  }

  /// Runs a trial against a server that is up, and gone afterwards.
  /// - Parameters:
  ///   - people: accounts to make, `NAME` or `NAME:ROLE`; their tokens, in the same order, are
  ///     given to `body`.
  ///   - environment: `NAME=value`, such as a library to be loaded in front of the program's own.
  static func run(
    _ settings: [String] = [], people: [String] = [], environment: [String] = [],
    _ body: (RealServer, [String]) async throws -> Void
  ) async throws {
    let server = try RealServer(settings, environment: environment)
    do {
      let tokens = try await server.enroll(people)
      try await server.start()
      try await body(server, tokens)
    } catch {
      await server.tellLog()
      await server.end()
      throw error
    }
    await server.end()
  }

  /// `MUSTER_BINARY`, or what was built together with these tests.
  static let program = path(of: "muster", or: "MUSTER_BINARY")

  static func path(of program: String, or variable: String) -> String {
    if let told = getenv(variable) { return String(cString: told) }
    let folder = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false)
    return (folder.dropLast() + [Substring(program)]).joined(separator: "/")
  }

  nonisolated var address: PeerAddress { PeerAddress(.loopbackV4, port: port) }

  /// The number of the process; nil while there is none.
  var process: Int32? { child?.process }

  /// Begins to start, and does not wait.
  func launch() throws {
    let log = "\(folder.path)/log"
    child = try ChildProcess("env", environment + [RealServer.program] + arguments, errors: log)
  }

  /// Starts, and waits until people can come.
  func start() throws {
    try launch()
    _ = try child?.line(after: "is up: https://localhost:", within: 120)
  }

  /// Takes the process away without a word, as a failing machine does.
  func kill() {
    child?.kill(SIGKILL)
    child = nil
  }

  /// Waits until somebody else has killed the process.
  func waitForEnd() {
    _ = try? child?.result(within: 30)
    child = nil
  }

  /// Asks the server to stop, and waits until it has; what it returned.
  func stop() throws -> Int32? {
    if let process { Glibc.kill(process, SIGTERM) }
    defer { child = nil }
    return try child?.result(within: 30)
  }

  /// Says that the configuration or a certificate has changed.
  func hangUp() {
    if let process { Glibc.kill(process, SIGHUP) }
  }

  /// How often the program has asked for memory, if what was preloaded counts that.
  func allocations() throws -> Int {
    let known = log.count
    if let process { Glibc.kill(process, SIGUSR2) }
    let deadline = Deadline(5)
    while !deadline.hasPassed {
      let said = log.dropFirst(known)
      if let mark = said.firstRange(of: "allocations: "), said.last == "\n" {
        return Int(said[mark.upperBound...].prefix { $0.isNumber }) ?? 0
      }
      usleep(1000)
    }
    throw Fault("nobody counts allocations")
  }

  /// Starts `muster watch` beside the server. Here, for a child ends with the thread that has
  /// started it.
  func startGuest(in topic: String) throws {
    guest = try ChildProcess(
      RealServer.program,
      ["watch", topic, "--insecure", "--server", "https://127.0.0.1:\(port)"])
  }

  func killGuest() {
    guest?.kill(SIGKILL)
    guest = nil
  }

  private func end() {
    kill()
    killGuest()
    thread.stop()
  }

  /// What it has said so far.
  var log: String { TextFile.read("\(folder.path)/log") ?? "" }

  /// How long it took to answer calls of this path, as it has logged it with `log.level=debug`.
  func microseconds(of path: String) -> [Int] {
    log.split(separator: "\n").compactMap { line in
      guard line.contains("path=\(path) "), let place = line.firstRange(of: " us=") else {
        return nil
      }
      return Int(line[place.upperBound...].prefix { $0.isNumber })
    }
  }

  /// Waits until the program ends by itself; what it returned.
  func result(within seconds: Double) throws -> Int32? {
    defer { child = nil }
    return try child?.result(within: seconds)
  }

  private func tellLog() {
    print("the server's log ends:\n\(log.suffix(4000))")
  }

  /// Makes accounts, each `NAME` or `NAME:ROLE:ROLE`; their tokens.
  private func enroll(_ people: [String]) throws -> [String] {
    guard !people.isEmpty else { return [] }
    let words = people.map { $0.split(separator: ":").map(String.init) }
    let lines = words.map { "\($0[0]),\($0.dropFirst().joined(separator: " "))\n" }
    let list = "\(folder.path)/people.csv"
    try TextFile.write(Array("login,roles\n\(lines.joined())".utf8), to: list)
    let place = ["--data", folder.path] + database
    let add = try ChildProcess(RealServer.program, ["account", "import", list] + place)
    _ = try add.line(after: "\(people.count) created", within: 60)
    return try words.map { words in
      let issue = try ChildProcess(RealServer.program, ["token", "issue", words[0]] + place)
      return try issue.line(after: "", within: 60)
    }
  }

  /// A port that no outgoing connection is given while the server is down.
  private static func freePort() throws -> UInt16 {
    for _ in 0..<100 {
      let port = UInt16.random(in: 20_000..<32_000)
      let endpoint = Endpoint(host: "127.0.0.1", port: port)
      guard let listeners = try? Listener.open(endpoint) else { continue }
      withExtendedLifetime(listeners) {}
      return port
    }
    throw Fault("no free port")
  }
}
