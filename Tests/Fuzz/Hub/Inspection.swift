internal import JSON
internal import Loop
internal import Rig

/// What has to hold once everybody is gone.
@MainActor
struct Inspection {
  private static let gauges = [
    "users", "subscriptions", "followed_topics", "user_connections", "queued_bytes",
  ]
  /// The sanitizer takes several times what the program asks for.
  private static let mostMemory = 1 << 30

  private let server: FuzzedServer

  init(_ server: FuzzedServer) { self.server = server }

  /// - Parameter tokens: replaced where they are not good any more.
  func run(_ tokens: inout [String]) async throws {
    try checkProcess()
    try await awaitSilence()
    try await awaitEmptyTopics(try await server.token(of: Account.all[0]))
    for (index, account) in Account.all.enumerated() {
      tokens[index] = try await server.token(of: account)
      try await greet(with: tokens[index], as: account)
    }
    try checkProcess()
  }

  /// What the server has said: nothing that happens to it is an error of its own.
  func checkLog() throws {
    let log = server.log
    for mark in ["AddressSanitizer", "Fatal error", "runtime error", "Z error "]
    where log.contains(mark) {
      throw Fault("the log has \"\(mark)\"")
    }
  }

  func checkProcess() throws {
    try checkLog()
    guard server.isAlive else { throw Fault("the server has ended") }
    guard server.memory < Inspection.mostMemory else {
      throw Fault("the server has \(server.memory >> 20) MiB")
    }
  }

  private func awaitSilence() async throws {
    var metrics: [String: Int] = [:]
    let deadline = Deadline(15)
    repeat {
      metrics = try await server.metrics()
      // The question itself comes over a connection.
      if metrics["connections"] == 1, Inspection.gauges.allSatisfy({ metrics[$0] == 0 }) {
        return try checkCounters(metrics)
      }
      try await Task.sleep(for: .milliseconds(50))
    } while !deadline.hasPassed
    let left = (Inspection.gauges + ["connections"]).map {
      "\($0) \(metrics[$0].map(String.init) ?? "missing")"
    }
    throw Fault("everybody is gone, and these stay: \(left.joined(separator: ", "))")
  }

  private func checkCounters(_ metrics: [String: Int]) throws {
    for (name, value) in metrics where value > 0 {
      let isBad =
        name.hasPrefix(#"client_errors_total{code="100""#)
        || name.hasPrefix("plugin_failures_total")
      if isBad { throw Fault("\(name) is \(value)") }
    }
  }

  /// Topics stay for a while; subscribers and members may not.
  private func awaitEmptyTopics(_ token: String) async throws {
    let request = Wire.request(
      "POST", "/api/v1/topics",
      headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")],
      body: #"{"limit":10000}"#)
    let deadline = Deadline(15)
    var occupied: [JSONValue] = []
    repeat {
      let topics = try JSONValue(parsing: try await server.ask(request).body)["topics"]?.array ?? []
      occupied = topics.filter {
        ($0["subscribers"]?.int ?? 0) != 0 || ($0["members"]?.int ?? 0) != 0
      }
      if occupied.isEmpty { return }
      try await Task.sleep(for: .milliseconds(200))
    } while !deadline.hasPassed
    throw Fault(
      "everybody is gone, and some topics are not empty: \(JSONValue.array(occupied).text)")
  }

  private func greet(with token: String, as account: Account) async throws {
    let wire = try await Wire.connect(server.plain, encrypted: false)
    do { try await wire.enter(token: token) } catch {
      throw Fault("\(account.login) is not let in: \(error)")
    }
    try await wire.say(["type": "bye"])
    guard try await wire.closeCode() == 1000 else { throw Fault("\(account.login) cannot say bye") }
    await wire.drop()
  }
}

extension JSONValue {
  fileprivate var text: String { String(decoding: encoded(), as: UTF8.self) }
}
