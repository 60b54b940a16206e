internal import Bytes
internal import HTTP
internal import JSON
internal import Loop
internal import PluginHost
internal import PluginKit
internal import Primitives
internal import Storage

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
    let text = await Metrics(server: server).write(uptime: uptime)
    return Response(
      status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8",
      body: .bytes(Array(text.utf8)))
  }
}

// The calls, and their descriptions.
extension HealthEndpoints {
  /// The calls of the internal listener.
  var insideCalls: [(path: String, call: OwnCall)] {
    [
      ("/health", OwnCall(HealthEndpoints.health) { _ in await self.health(inFull: true) }),
      ("/ready", OwnCall(HealthEndpoints.ready) { _ in await self.readiness(inFull: true) }),
      ("/metrics", OwnCall(HealthEndpoints.metrics) { _ in await self.metrics() }),
    ]
  }

  /// The calls of the main listener, which strangers may make too.
  var publicCalls: [(path: String, call: OwnCall)] {
    [
      (
        "/health",
        OwnCall(HealthEndpoints.health) { await self.health(inFull: await self.trusts($0)) }
      ),
      (
        "/ready",
        OwnCall(HealthEndpoints.ready) { await self.readiness(inFull: await self.trusts($0)) }
      ),
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
