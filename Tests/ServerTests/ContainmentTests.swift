import JSON
import Limits
import Loop
import MusterTesting
import PluginHost
import PluginKit
import Primitives
import Rig
import SQLiteStore
import Storage
import Testing

@testable import HubCore

/// What a plugin does wrong stays its own: the hub and everybody else go on.
@Suite(.timeLimit(.minutes(3))) struct ContainmentTests {
  private static let patience = Double(PluginCalls.timeoutSeconds) + 1

  private func counts(_ server: TestServer) -> PluginHealth.Counts {
    server.server.pluginCounts[0].counts
  }

  /// Waits until so many messages have come in, and then for as long as plugins are waited for.
  private func outwait(_ server: TestServer, messages: Int) async throws {
    try await server.until {
      await server.server.statistics().counters["websocket_messages_received_total"] == messages
    }
    await server.pass(ContainmentTests.patience)
  }

  /// A server by the test's own clock, with a client that was welcomed.
  private func once(_ body: (TestServer, Wire) async throws -> Void) async throws {
    try await TestServer.run(workers: 1, time: ManualTime()) { server in
      try await body(server, try await server.client("s_one"))
    }
  }

  @Test(arguments: [0, -1, 99, 100, 101, 199, 600, 1_000, 70_000])
  func `a status that there is not is a failure of the plugin`(status: Int) async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.wire()
      let answer = try await wire.call("GET", "/lab/status/\(status)")
      #expect(answer.status == 500)
      #expect(try JSONValue(parsing: answer.body)["error"] == "failure")
      #expect(counts(server).failures == 1)
      #expect(try await wire.call("GET", "/lab/status/299").status == 299)
    }
  }

  @Test func `what is one call too many is refused, and only that`() async throws {
    let limits = ServerLimits.with(\.waitingCalls, 2)
    try await TestServer.run(workers: 1, time: ManualTime(), limits: limits) { server in
      let slow = [try await server.wire(), try await server.wire()]
      for wire in slow { try await wire.send(Wire.request("GET", "/lab/later/60000")) }
      try await server.until { counts(server).running == 2 }
      let third = try await server.wire()
      let refused = try await third.call("GET", "/lab/hello")
      #expect(refused.status == 503)
      #expect(refused["Retry-After"] == "1")
      #expect(try JSONValue(parsing: refused.body)["error"] == "unavailable")
      let health = try await third.call("GET", "/health")
      #expect(health.status == 200)
      let client = try await server.client()
      #expect(try await client.subscribe("lab.room.a")["type"] == "subscribed")
      #expect(counts(server).refusals == 1)

      await server.pass(4)
      for wire in slow {
        let late = try await wire.reply()
        #expect(late.status == 504)
      }
      try await server.until { counts(server).running == 0 }
      let again = try await third.call("GET", "/lab/hello")
      #expect(again.status == 200)
      #expect(counts(server).timeouts == 2)
    }
  }

  @Test func `its troubles are told under its name`() async throws {
    try await TestServer.run(workers: 1) { server in
      let outside = try await server.wire()
      for _ in 0..<3 { _ = try await outside.call("GET", "/lab/breaks") }
      let inside = try await server.wire(encrypted: false)
      let metrics = try await inside.call("GET", "/metrics").text
      #expect(metrics.contains("muster_plugin_failures_total{plugin=\"lab\"} 3\n"))
      #expect(metrics.contains("muster_plugin_calls_total{plugin=\"lab\"} 3\n"))
      for name in ["calls_running", "refusals_total", "timeouts_total", "failed_jobs_total"] {
        #expect(metrics.contains("muster_plugin_\(name){plugin=\"lab\"} 0\n"), "\(name)")
      }
      let ready = try await outside.call("GET", "/ready")
      #expect(ready.status == 200)
      let detail = try JSONValue(parsing: ready.body)["detail"]?["plugin.lab"]
      #expect(
        detail == [
          "running": 0, "failures": 3, "refusals": 0, "timeouts": 0, "failed_jobs": 0,
        ])
    }
  }

  @Test func `a message that its plugin never answers is answered in its place`() async throws {
    try await once { server, client in
      try await client.say(["type": "lab.hang", "id": 1])
      try await client.say(["type": "status", "id": 2])
      try await outwait(server, messages: 3)
      let error = try await client.hear("error")
      #expect(error["re"] == 1)
      #expect(error["data"]?["code"] == 108)
      // What was asked after it is served now.
      let next = try await client.hear("ack")
      #expect(next["re"] == 2)
      #expect(counts(server).timeouts == 1)
    }
  }

  @Test(arguments: ["lab.stuck.a", "lab.slow.a"])
  func `whoever wants into a topic whose owner does not answer is refused in time`(
    topic: String
  ) async throws {
    try await once { server, client in
      try await client.say(["type": "subscribe", "id": 1, "topic": .string(topic)])
      try await outwait(server, messages: 2)
      #expect(try await client.hear("error")["data"]?["code"] == 108)
      #expect(try await client.subscribe("lab.room.a")["type"] == "subscribed")
      #expect(await server.hub.population(of: Topic(topic)) == 0)
    }
  }

  @Test func `an owner that fails is noted and its topic refused`() async throws {
    try await once { server, client in
      let answer = try await client.subscribe("lab.torn.a")
      #expect(answer["data"]?["code"] == 100)
      #expect(counts(server).failures == 1)
    }
  }

  @Test func `an owner that does not take who came does not keep the next from being told`()
    async throws
  {
    try await once { server, client in
      let other = try await server.client("s_two")
      #expect(try await client.subscribe("lab.numb.a")["type"] == "subscribed")
      #expect(try await other.subscribe("lab.numb.a")["type"] == "subscribed")
      // The second is told when the first has taken too long: each needs its own time.
      try await server.until {
        await server.pass(1)
        return counts(server).timeouts == 2
      }
      #expect(await server.hub.population(of: "lab.numb.a") == 2)
    }
  }

  @Test func `a dialect that never finishes with a frame keeps only its own client waiting`()
    async throws
  {
    try await TestServer.run(workers: 1) { server in
      let stuck = try await server.wire()
      try await stuck.upgrade("/lab/line?name=stuck")
      #expect(try await stuck.frame().text == "HI stuck")
      try await stuck.say("HANG")
      // More than may wait: the line is not read any more, and nothing grows.
      for _ in 0..<200 { try await stuck.say("JOIN lab.room.a") }
      let other = try await server.wire()
      try await other.upgrade("/lab/line?name=other")
      #expect(try await other.frame().text == "HI other")
      try await other.say("JOIN lab.room.a")
      #expect(try await other.frame().text == "IN lab.room.a")
      #expect(await server.hub.population(of: "lab.room.a") == 1)
    }
  }

  @Test func `a job that fails is counted and comes again, one that hangs is not doubled`()
    async throws
  {
    let store = try await SQLiteStore.open(.memory)
    let runs = Locked(0)
    let clock = ManualClock()
    let unit = try ContainmentTests.unit(store) { registrar in
      registrar.job("fails", .every(seconds: 10)) { _ in throw CancellationError() }
      registrar.job("hangs", .every(seconds: 10)) { _ in
        runs.withLock { $0 += 1 }
        try await Task.sleep(for: .seconds(3600))
      }
    }
    let jobs = JobScheduler(units: [unit], clock: clock, zone: .shanghai, log: .silent)
    for expected in 1...3 {
      clock.advance(seconds: 10)
      await jobs.runDue()
      while unit.health.counts.failedJobs < expected { await Task.yield() }
    }
    while runs.withLock({ $0 }) == 0 { await Task.yield() }
    #expect(runs.withLock { $0 } == 1)
    #expect(unit.health.counts.failedJobs == 3)
    await store.close()
  }

  @Test func `a plugin that does not stop is left behind`() async throws {
    let store = try await SQLiteStore.open(.memory)
    let unit = try ContainmentTests.unit(
      store, stop: { try? await Task.sleep(for: .seconds(3600)) })
    #expect(await unit.stop(within: .milliseconds(20)) == false)
    let good = try ContainmentTests.unit(store)
    #expect(await good.stop(within: .seconds(3600)))
    await store.close()
  }

  @Test(arguments: [
    ("lab.other.{name}", "lie where those of lab do"), ("tro{name}", "whose topics"),
    ("trouble.{name}", nil),
  ])
  func `topics where another plugin's are keep the server from starting`(
    pattern: String, reason: String?
  ) async throws {
    let store = try await SQLiteStore.open(.memory)
    let trouble = try ContainmentTests.unit(store) { registrar in
      registrar.topic(pattern, "Anywhere.", TopicRules())
    }
    var plan = HubServer.Plan(accounts: BenchAccounts(), store: store)
    plan.units = [try LoadedPlugin(LabPlugin.self, services: trouble.services), trouble]
    do {
      _ = try HubServer.topics(plan)
      #expect(reason == nil)
    } catch {
      #expect(reason.map { "\(error)".contains($0) } == true, "\(error)")
    }
    await store.close()
  }

  private static func unit(
    _ store: any Store, _ register: @escaping @Sendable (inout Registrar) -> Void = { _ in },
    stop: @escaping @Sendable () async -> Void = {}
  ) throws -> LoadedPlugin {
    let outbox = BenchOutbox()
    let services = PluginServices(
      hub: HubGateway(), store: store, accounts: BenchAccounts(), mail: outbox, web: outbox,
      spreadsheets: outbox, clock: ManualClock(), settings: Settings([]), log: .silent)
    return LoadedPlugin(Troublemaker(stop: stop, register: register), services: services)
  }
}

/// A plugin that does what a test says.
private struct Troublemaker: Plugin {
  static let name = "trouble"
  var stopping: @Sendable () async -> Void = {}
  var registering: @Sendable (inout Registrar) -> Void = { _ in }

  init(services: PluginServices) throws {}

  init(
    stop: @escaping @Sendable () async -> Void,
    register: @escaping @Sendable (inout Registrar) -> Void
  ) {
    stopping = stop
    registering = register
  }

  func register(with registrar: inout Registrar) { registering(&registrar) }
  func stop() async { await stopping() }
}
