internal import Glibc

/// A PostgreSQL server of our own in a folder of its own, for tests.
///
/// It runs on a free port of the loopback address as an unprivileged user, and ends with the process
/// that started it, however that ends. Names sort there by the rules of a language and not by
/// bytes, so that a test notices who relies on either.
public final class ThrowawayPostgres: Sendable {
  /// Why there can be none on this machine; nil if there can.
  public static let missing: String? = Programs.find().1

  /// The server of this process, started when it is first asked for. For tests that do not kill it.
  public static func shared() async throws -> ThrowawayPostgres { try await running.value }

  private static let running = Task { try await start() }

  /// `start` could not do what it wanted.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public let port: Int
  /// Where the server keeps everything, its log too.
  public let folder: String
  private let programs: Programs
  /// Closed by the system when this process ends, which is what the guard waits for.
  private let guardLine: Int32

  private init(port: Int, folder: String, programs: Programs, guardLine: Int32) {
    self.port = port
    self.folder = folder
    self.programs = programs
    self.guardLine = guardLine
  }

  deinit { close(guardLine) }

  /// Makes a new cluster and starts a server on it. Takes a second or two.
  @concurrent public static func start() async throws -> ThrowawayPostgres {
    let (found, missing) = Programs.find()
    guard let programs = found else { throw Failure(description: missing ?? "no PostgreSQL") }
    let folder = try programs.makeFolder()
    let line = try startGuard(of: folder)
    let server = ThrowawayPostgres(
      port: try freePort(), folder: folder, programs: programs, guardLine: line)
    try server.make()
    try server.resume()
    return server
  }

  private func make() throws {
    try programs.run(
      """
      \(programs.folder)/initdb -D \(folder)/data -U muster -A trust -E UTF8 --no-sync \
      --locale=C.UTF-8 --locale-provider=icu --icu-locale=en
      """, log: "\(folder)/initdb.log")
  }

  /// Starts the server again after `kill`.
  public func resume() throws { try control("start") }

  /// Stops the server as an administrator does, and starts it again. Its clients are thrown out.
  public func restart() throws { try control("restart -m fast") }

  private func control(_ what: String) throws {
    // The disk is not asked to keep anything, which is faster: what is tested is the death of the
    // server, not of the machine.
    let settings =
      "-h 127.0.0.1 -p \(port) -c unix_socket_directories= -c fsync=off -c max_connections=200"
    try programs.run(
      "\(programs.folder)/pg_ctl \(what) -s -w -t 60 -D \(folder)/data -l \(folder)/log"
        + " -o \"\(settings)\"", log: "\(folder)/pg_ctl.log")
  }

  /// Ends the server without a warning, as a crash would.
  public func kill() throws { try signal(SIGKILL) }

  /// Lets the server stand still, as a machine that hangs would.
  public func freeze() throws { try signal(SIGSTOP) }

  public func thaw() throws { try signal(SIGCONT) }

  private func signal(_ number: Int32) throws {
    // All of the server's processes: those that serve connections would outlive the first one.
    let name = number == SIGKILL ? "KILL" : number == SIGSTOP ? "STOP" : "CONT"
    try programs.run(
      """
      first=$(head -n 1 \(folder)/data/postmaster.pid)
      # Standing still it starts no more of them.
      kill -STOP $first
      until ps -o stat= -p $first | grep -q T; do sleep 0.01; done
      all=$(ps -o pid= --ppid $first)
      kill -\(name) $first $all
      [ \(name) = KILL ] || exit 0
      # The next server refuses to start as long as one of them lives, or seems to.
      for i in $(seq 100); do
        ps -o stat= -p "$(echo $first $all | tr ' ' ',')" | grep -qv Z || break
        sleep 0.05
      done
      rm \(folder)/data/postmaster.pid
      """, log: "\(folder)/signal.log")
  }

  /// A new, empty database.
  /// - Returns: its address for `PostgresStore.open`.
  @concurrent public func makeDatabase() async throws -> String {
    let name = "db_\(UInt64.random(in: 0...UInt64.max))"
    try programs.run(
      "\(programs.folder)/createdb -h 127.0.0.1 -p \(port) -U muster \(name)",
      log: "\(folder)/createdb.log")
    return "postgres://muster@127.0.0.1:\(port)/\(name)"
  }

  /// A process that does nothing but wait for our end; then it stops the server and removes the
  /// folder. That way nothing is left behind even by a test that crashes.
  private static func startGuard(of folder: String) throws -> Int32 {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Failure(description: "no pipe") }
    // No other program that we start may keep the line open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    let script = """
      read line
      first=$(head -n 1 \(folder)/data/postmaster.pid 2>/dev/null)
      if [ -n "$first" ]; then
        kill -CONT $first && kill -QUIT $first
        for i in $(seq 50); do kill -0 $first || break; sleep 0.1; done
      fi
      rm -rf \(folder)
      """
    _ = try Shell.start(script, input: ends[0], log: "/dev/null")
    return ends[1]
  }

  private static func freePort() throws -> Int {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(socket, address, size) == 0 ? getsockname(socket, address, &size) : -1
      }
    }
    guard status == 0 else { throw Failure(description: "no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
