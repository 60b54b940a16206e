internal import Glibc
internal import JSON
internal import Loop
internal import Rig

/// The server that is tried, in a process and with a folder of its own.
@MainActor
final class FuzzedServer {
  private let folder: FreshFolder
  private let child: ChildProcess
  let plain: PeerAddress
  let encrypted: PeerAddress
  /// Speaks the documented chat on its root path.
  let chat: PeerAddress
  private let inside: PeerAddress

  /// - Parameter binary: the program, built with the address sanitizer or without.
  init(_ binary: String) throws {
    folder = try FreshFolder()
    let ports = try FuzzedServer.freePorts(4)
    (plain, encrypted, chat, inside) = (ports[0], ports[1], ports[2], ports[3])
    try TextFile.write(
      Array(FuzzedServer.configuration(ports).utf8), to: "\(folder.path)/muster.yaml")
    // A small quarantine: otherwise the growth of a leak cannot be told from the sanitizer's own.
    let options =
      "ASAN_OPTIONS=detect_leaks=0:handle_sigill=1:handle_sigtrap=1:quarantine_size_mb=16:\(FuzzedServer.environment)"
    child = try ChildProcess(
      "env",
      [
        options,
        "SWIFT_BACKTRACE=enable=no",
        binary, "serve", "--config",
        "\(folder.path)/muster.yaml",
      ]
        + ["--data", "\(folder.path)/data"], errors: "\(folder.path)/log")
    _ = try child.line(after: "is up: ", within: 120)
  }

  private static var environment: String {
    getenv("ASAN_OPTIONS").map { String(cString: $0) } ?? ""
  }

  /// Several workers whatever the machine has; short times, so that what is to end by itself does.
  private static func configuration(_ ports: [PeerAddress]) -> String {
    """
    listen:
      - {address: "127.0.0.1:\(ports[0].port)", tls: false}
      - "127.0.0.1:\(ports[1].port)"
      - {address: "127.0.0.1:\(ports[2].port)", dialect: chat, tls: false}
    internal: {listen: "127.0.0.1:\(ports[3].port)"}
    workers: 4
    demo: true
    echo: true
    heartbeat: {ping: 1s, unstable: 2s, timeout: 4s, leave_grace: 1s}
    limits: {hello: 2s, connections_per_address: 0, publishes_per_second: 200}
    compression: {minimum: 64}
    accounts: {failures_per_account: 0, failures_per_address: 0}

    """
  }

  private static func freePorts(_ count: Int) throws -> [PeerAddress] {
    var found: [PeerAddress] = []
    for _ in 0..<100 where found.count < count {
      let port = UInt16.random(in: 20_000..<32_000)
      guard !found.contains(where: { $0.port == port }) else { continue }
      guard let listeners = try? Listener.open(Endpoint(host: "127.0.0.1", port: port)) else {
        continue
      }
      withExtendedLifetime(listeners) {}
      found.append(PeerAddress(.loopbackV4, port: port))
    }
    guard found.count == count else { throw Fault("no free ports") }
    return found
  }

  var isAlive: Bool { kill(child.process, 0) == 0 && state != "Z" }

  private var state: Substring? {
    TextFile.read("/proc/\(child.process)/stat")?.split(separator: ")").last?.split(separator: " ")
      .first
  }

  var log: String { TextFile.read("\(folder.path)/log") ?? "" }

  /// Resident bytes.
  var memory: Int {
    let pages = TextFile.read("/proc/\(child.process)/statm")?.split(separator: " ")[1]
    return (pages.flatMap { Int($0) } ?? 0) * 4096
  }

  /// The gauges and counters of the server, by their names with labels.
  func metrics() async throws -> [String: Int] {
    let reply = try await ask(inside, Wire.request("GET", "/metrics"))
    let lines = reply.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    let pairs = lines.compactMap { line -> (String, Int)? in
      guard let space = line.lastIndex(of: " "), let value = Int(line[line.index(after: space)...])
      else { return nil }
      return (String(line[..<space].trimmingPrefix("muster_")), value)
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }

  func document() async throws -> JSONValue {
    try JSONValue(
      parsing: try await ask(plain, Wire.request("GET", "/openapi.json")).body,
      limits: JSONLimits(bytes: 16 << 20, values: 1_000_000))
  }

  /// One request on a line of its own.
  func ask(_ request: String) async throws -> Reply { try await ask(plain, request) }

  private func ask(_ address: PeerAddress, _ request: String) async throws -> Reply {
    let wire = try await Wire.connect(address, encrypted: false)
    try await wire.send(request)
    let reply = try await wire.reply()
    await wire.drop()
    return reply
  }

  /// Logs in; the token.
  func token(of account: Account) async throws -> String {
    let body: JSONValue = ["login": .string(account.login), "password": .string(account.password)]
    let reply = try await ask(
      Wire.request(
        "POST", "/api/v1/login", headers: [("Content-Type", "application/json")],
        body: String(decoding: body.encoded(), as: UTF8.self)))
    guard let token = try JSONValue(parsing: reply.body)["token"]?.string else {
      throw Fault("\(account.login) cannot log in: \(reply.status) \(reply.text)")
    }
    return token
  }

  /// Asks it to stop; what the process returned.
  func stop() throws -> Int32 {
    kill(child.process, SIGTERM)
    return try child.result(within: 60)
  }
}
