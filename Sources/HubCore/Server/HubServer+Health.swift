internal import Bytes
internal import HTTP
internal import JSON
internal import Loop
public import PluginHost
internal import PluginKit
internal import Primitives
internal import Storage

// Health, readiness and metrics: the server's own calls.
extension HubServer {
  /// A check of a part that the server depends on, such as the store.
  public struct Check: Sendable {
    public let name: String
    /// Throws what is wrong. It may cost something, such as a write.
    public let run: @Sendable () async throws -> Void
    /// The error when it last ran; costs nothing.
    public let last: @Sendable () -> (any Error)?

    public init(
      _ name: String, last: @escaping @Sendable () -> (any Error)? = { nil },
      _ run: @escaping @Sendable () async throws -> Void
    ) {
      self.name = name
      self.last = last
      self.run = run
    }
  }

  /// The calls of the internal listener.
  static func insideCalls(_ endpoints: HealthEndpoints) -> [(path: String, call: OwnCall)] {
    [
      ("/health", OwnCall(health) { _ in await endpoints.health(inFull: true) }),
      ("/ready", OwnCall(ready) { _ in await endpoints.readiness(inFull: true) }),
      ("/metrics", OwnCall(metrics) { _ in await endpoints.metrics() }),
    ]
  }

  /// The calls of the main listener, which strangers may make too.
  static func publicCalls(_ endpoints: HealthEndpoints) -> [(path: String, call: OwnCall)] {
    [
      ("/health", OwnCall(health) { await endpoints.health(inFull: await endpoints.trusts($0)) }),
      ("/ready", OwnCall(ready) { await endpoints.readiness(inFull: await endpoints.trusts($0)) }),
    ]
  }

  private static let health = Operation(
    "Is the process alive?",
    details: "The staff and callers on this machine are told how many are here.",
    answers: [
      .ok(
        .object([
          .init("status", .choice(["ok"])), .init("version", .string),
          .init("uptime_s", .integer), .init("users", .integer, optional: true),
          .init("connections", .integer, optional: true),
        ]))
    ])

  private static let ready = Operation(
    "Can it serve?",
    details: """
      The staff and callers on this machine are told how the plugins are doing, and the parts are \
      tried for them. Others are told what was found last.
      """,
    answers: [
      .ok(.map(of: .anything), "All parts work."),
      Answer(503, "Some part does not work, or the server is going down.", .map(of: .anything)),
    ])

  private typealias Answer = Operation.Answer

  private static let metrics = Operation(
    "Numbers for Prometheus.",
    answers: [Answer(200, "The numbers.", .string, contentType: "text/plain")])
}

/// Answers the server's own calls. Connected to the server after both are made.
final class HealthEndpoints: Sendable {
  private let server = Locked<HubServer?>(nil)
  private let checks: [HubServer.Check]
  private let version: String
  private let time: any TimeSource
  private let startedAt: UInt64

  init(checks: [HubServer.Check], version: String, time: any TimeSource) {
    self.checks = checks
    self.version = version
    self.time = time
    startedAt = time.monotonic
  }

  func serve(_ server: HubServer) { self.server.withLock { $0 = server } }

  private var uptime: Int { Int((time.monotonic - startedAt) / 1_000_000_000) }

  /// Whether a caller at the main listener is the staff, or on this machine.
  func trusts(_ request: Request) async -> Bool {
    if request.peer.isLoopback { return true }
    guard let runner = server.withLock({ $0 })?.shared.runner,
      let caller = try? await runner.identify(request, plugin: "")
    else { return false }
    return caller.hasAny(of: [.staff, .admin])
  }

  func health(inFull: Bool) async -> Response {
    var fields: JSONObject = [
      "status": "ok", "version": .string(version), "uptime_s": .int(Int64(uptime)),
    ]
    if inFull {
      let statistics = await server.withLock { $0 }?.statistics() ?? Statistics()
      fields["users"] = .int(Int64(statistics.users))
      fields["connections"] = .int(Int64(statistics.connections))
    }
    return .json(.object(fields))
  }

  func readiness(inFull: Bool) async -> Response {
    var detail: JSONObject = [:]
    var isReady = true
    if server.withLock({ $0 })?.isDraining ?? true {
      isReady = false
      detail["server"] = "going down"
    }
    for check in checks {
      do {
        if inFull { try await check.run() } else if let error = check.last() { throw error }
        detail[check.name] = "ok"
      } catch {
        isReady = false
        detail[check.name] = .string(HealthEndpoints.sentence(error))
      }
    }
    for (name, counts) in server.withLock({ $0 })?.pluginCounts ?? [] where inFull {
      detail["plugin.\(name)"] = [
        "running": .int(Int64(counts.running)), "failures": .int(Int64(counts.failures)),
        "refusals": .int(Int64(counts.refusals)), "timeouts": .int(Int64(counts.timeouts)),
        "failed_jobs": .int(Int64(counts.failedJobs)),
      ]
    }
    return .json(
      ["ready": .bool(isReady), "detail": .object(detail)], status: isReady ? 200 : 503)
  }

  /// The error in words that anyone may read.
  private static func sentence(_ error: any Error) -> String {
    (error as? StoreError).map { "failing: \($0.message)" } ?? "failing"
  }

  func metrics() async -> Response {
    guard let server = server.withLock({ $0 }) else { return Response(status: 503) }
    var text = MetricsText()
    await server.write(into: &text, uptime: uptime)
    return Response(
      status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8",
      body: .bytes(Array(text.text.utf8)))
  }
}

/// Numbers in the words of Prometheus.
struct MetricsText {
  private(set) var text = ""
  private var named: Set<String> = []

  mutating func add(_ name: String, _ kind: String, _ value: Int, _ labels: String = "") {
    if named.insert(name).inserted { text += "# TYPE muster_\(name) \(kind)\n" }
    text += "muster_\(name)\(labels) \(value)\n"
  }
}

extension HubServer {
  private func queues() async -> (bytes: Int, dropped: Int) {
    var sum = (bytes: 0, dropped: 0)
    for worker in workers {
      let part = await worker.queues()
      sum = (sum.bytes + part.bytes, sum.dropped + part.dropped)
    }
    return sum
  }

  var pluginCounts: [(name: String, counts: PluginHealth.Counts)] {
    shared.units.map { unit in
      (unit.name, unit.health.counts)
    }
  }

  func write(into text: inout MetricsText, uptime: Int) async {
    let statistics = await statistics()
    text.add("uptime_seconds", "gauge", uptime)
    text.add("connections", "gauge", statistics.connections)
    text.add("websockets", "gauge", statistics.webSockets)
    text.add("users", "gauge", statistics.users)
    text.add("accounts_online", "gauge", statistics.accounts)
    text.add("guests_online", "gauge", statistics.guests)
    text.add("topics", "gauge", statistics.topics)
    text.add("subscriptions", "gauge", statistics.subscriptions)
    text.add("followed_topics", "gauge", statistics.followedTopics)
    text.add("user_connections", "gauge", statistics.userConnections)
    text.add("draining", "gauge", isDraining ? 1 : 0)
    for (key, value) in statistics.counters.sorted(by: { $0.key < $1.key }) {
      let name = String(key.prefix { $0 != "{" })
      text.add(name, "counter", value, String(key.dropFirst(name.count)))
    }
    let queues = await queues()
    text.add("queued_bytes", "gauge", queues.bytes)
    text.add("events_conflated_total", "counter", queues.dropped)
    for (index, turns) in statistics.turns.enumerated() {
      let label = "{worker=\"\(index)\"}"
      text.add("loop_turns_total", "counter", turns.count, label)
      text.add("loop_long_turns_total", "counter", turns.long, label)
    }
    for (name, counts) in pluginCounts {
      let label = "{plugin=\"\(name)\"}"
      text.add("plugin_calls_total", "counter", counts.calls, label)
      text.add("plugin_calls_running", "gauge", counts.running, label)
      text.add("plugin_failures_total", "counter", counts.failures, label)
      text.add("plugin_refusals_total", "counter", counts.refusals, label)
      text.add("plugin_timeouts_total", "counter", counts.timeouts, label)
      text.add("plugin_failed_jobs_total", "counter", counts.failedJobs, label)
    }
    if shared.webhooks.rules != nil {
      let counters = shared.webhooks.counters
      text.add("webhooks_sent_total", "counter", counters.sent.current)
      text.add("webhooks_failed_total", "counter", counters.failed.current)
      text.add("webhooks_given_up_total", "counter", counters.givenUp.current)
      text.add("webhooks_waiting", "gauge", counters.waiting.current)
    }
    for (name, value) in shared.extraMetrics() { text.add(name, "gauge", value) }
  }
}
