import Bytes
import JSON
import Loop
import MusterTesting
import Outbound
import PluginHost
import PluginKit
import Primitives
import Rig
import Storage
import Testing

@testable import HubCore

/// Webhooks from a real server to a real receiver.
@Suite(.timeLimit(.minutes(3))) struct WebhookTests {
  /// A second server, whose plugin takes what is posted to it.
  private struct Receiver {
    static let secret = "a secret of both"
    let server: TestServer
    let plugin: LabPlugin
    let courier: Courier
    let rules: WebhookRules

    init() async throws {
      server = try await TestServer.start(workers: 1, isEncrypted: false)
      plugin = try #require(
        server.server.shared.units.compactMap { $0.plugin as? LabPlugin }.first)
      courier = Courier(store: server.store, clock: ManualClock(), log: .silent) {
        Courier.Settings(server: nil, from: "", folder: "")
      }
      rules = WebhookRules(
        url: "http://127.0.0.1:\(server.address.port)/lab/hook", secret: Self.secret)
    }

    var webhooks: HubServer.Webhooks { .init(rules, by: courier) }

    var requests: [Request] { plugin.hooks.withLock { $0 } }

    func answers(_ status: Int) { plugin.hookStatus.withLock { $0 = status } }

    /// The events about a subject, in the order in which they came.
    func events(_ subject: String) throws -> [String] {
      try requests.compactMap { request in
        let body = try request.json()
        let id = body["user"]?["id"]?.string ?? body["topic"]?.string
        return id == subject ? body["event"]?.string : nil
      }
    }

    func stop() async {
      await courier.stop()
      await server.stop()
    }
  }

  private func run(
    _ workers: Int, _ body: (Receiver, TestServer) async throws -> TestServer
  ) async throws {
    let receiver = try await Receiver()
    let sender = try await TestServer.start(
      workers: workers, time: ManualTime(), webhooks: receiver.webhooks)
    let last = try await body(receiver, sender)
    await last.stop()
    await receiver.stop()
  }

  private static let topic = "lab.room.w"

  @Test func `an event of a plugin is told if it is wanted`() async throws {
    try await run(1) { receiver, server in
      let hub = try #require(server.server.shared.units.first?.services.hub)
      for name in ["screen.stale", "lab.unknown", "screen.current"] {
        try await hub.notify(Event(name, ["screen": "wall"]), about: "wall")
      }
      try await server.until { receiver.requests.count == 2 }
      let bodies = try receiver.requests.map { try $0.json() }
      #expect(bodies.map { $0["event"] } == ["screen.stale", "screen.current"])
      #expect(bodies.allSatisfy { $0["screen"] == "wall" && $0["id"] != nil && $0["at"] != nil })
      return server
    }
  }

  @Test(arguments: TestServer.workers)
  func `who comes and goes is told, and who is back in time is not`(workers: Int) async throws {
    try await run(workers) { receiver, server in
      let token = try await server.token(for: "li")
      let li = try await server.client("s_li", token: token)
      try await li.subscribe(Self.topic)
      try await server.until { receiver.requests.count == 2 }
      #expect(try receiver.events("u1") == ["user.online"])
      #expect(try receiver.events(Self.topic) == ["topic.occupied"])
      let names = try receiver.requests.compactMap { try $0.json()["user"]?["name"]?.string }
      #expect(names == ["li"])

      try await leave(li)
      await server.pass(9)
      let back = try await server.client("s_li", token: token)
      try await back.subscribe(Self.topic)
      await server.pass(15)
      let guest = try await server.client("s_guest")
      try await guest.subscribe("lab.state.w")
      // The next that is told: nothing was told of the absence before it.
      try await server.until { receiver.requests.count == 3 }
      #expect(try receiver.events("lab.state.w") == ["topic.occupied"])

      try await leave(back)
      try await leave(guest)
      await server.pass(11)
      try await server.until { receiver.requests.count == 6 }
      #expect(try receiver.events("u1") == ["user.online", "user.offline"])
      #expect(try receiver.events(Self.topic) == ["topic.occupied", "topic.vacated"])
      #expect(try receiver.events("lab.state.w") == ["topic.occupied", "topic.vacated"])
      return server
    }
  }

  @Test func `each is signed, has its time and a name of its own`() async throws {
    try await run(1) { receiver, server in
      let guest = try await server.client("s_guest")
      try await guest.subscribe(Self.topic)
      try await server.until { receiver.requests.count == 1 }
      let request = receiver.requests[0]
      guard case .bytes(let body) = request.body else { throw Fault("no body") }
      let parts = (request.headers["muster-signature"] ?? "").split(separator: ",")
      #expect(parts.count == 2)
      let seconds = try #require(parts.first.flatMap { Int64($0.dropFirst(2)) })
      let proof = WebhookSignature.of(body, at: seconds, secret: Receiver.secret)
      #expect(parts.last == "v1=\(proof)")
      #expect(abs(seconds - (server.time?.unixMilliseconds ?? 0) / 1000) < 5)
      let event = try JSONValue(parsing: body)
      #expect(event["event"] == "topic.occupied")
      #expect(request.headers["muster-event"] == "topic.occupied")
      #expect(event["id"]?.string == request.headers["muster-delivery"])
      #expect((event["at"]?.int).map { Int64($0) / 1000 } == seconds)
      return server
    }
  }

  @Test(arguments: TestServer.workers)
  func `what the receiver does not take comes again, in order, over crashes too`(workers: Int)
    async throws
  {
    try await run(workers) { receiver, first in
      receiver.answers(503)
      let token = try await first.token(for: "li")
      var li = try await first.client("s_li", token: token)
      try await li.subscribe(Self.topic)
      try await first.until { try await waiting(first) == 2 }
      try await leave(li)
      await first.pass(12)
      try await first.until { try await waiting(first) == 4 }
      li = try await first.client("s_li", token: token)
      try await li.subscribe(Self.topic)
      try await first.until { try await waiting(first) == 6 }
      let second = try await first.restarted(after: 5, webhooks: receiver.webhooks)
      #expect(receiver.requests.isEmpty)
      receiver.answers(204)
      let story = ["user.online", "user.offline", "user.online"]
      try await second.until {
        await second.pass(1)
        return try receiver.events("u1").count >= 3
      }
      #expect(try receiver.events("u1") == story)
      // Whoever was online before the crash and does not come back is told as gone.
      try await second.until {
        await second.pass(1)
        return receiver.requests.count >= 8
      }
      #expect(try receiver.events("u1") == story + ["user.offline"])
      #expect(
        try receiver.events(Self.topic)
          == ["topic.occupied", "topic.vacated", "topic.occupied", "topic.vacated"])
      try await second.until { try await waiting(second) == 0 }
      return second
    }
  }

  @Test func `a restart that everybody survives is not told at all`() async throws {
    try await run(4) { receiver, first in
      let token = try await first.token(for: "li")
      let wires = [try await first.client("s_li", token: token), try await first.client("s_g")]
      try await wires[0].subscribe(Self.topic)
      try await wires[1].subscribe("lab.state.w")
      // What is taken just before a crash comes once more.
      try await first.until {
        guard receiver.requests.count == 3 else { return false }
        return try await waiting(first) == 0
      }
      let second = try await first.restarted(after: 5, webhooks: receiver.webhooks)
      await second.pass(40)
      let back = [try await second.client("s_li", token: token), try await second.client("s_g")]
      try await back[0].subscribe(Self.topic)
      try await back[1].subscribe("lab.state.w")
      for _ in 0..<10 {
        await second.pass(10)
        for wire in back {
          try await wire.say(["type": "ping", "ts": 1])
          _ = try await wire.hear("pong")
        }
      }
      try await leave(back[0])
      await second.pass(11)
      try await second.until { receiver.requests.count >= 5 }
      #expect(try receiver.events("u1") == ["user.online", "user.offline"])
      #expect(try receiver.events("lab.state.w") == ["topic.occupied"])
      return second
    }
  }

  @Test func `a server that stops tells nobody as gone whom it sends away itself`() async throws {
    try await run(4) { receiver, server in
      let guest = try await server.client("s_g")
      try await guest.subscribe("lab.state.w")
      try await server.until { receiver.requests.count == 1 }
      async let drained: Void = server.server.drain(seconds: 2)
      #expect(try await guest.closeCode() == 4200)
      try await guest.sendClose(4200)
      _ = try await guest.rest()
      await server.pass(15)
      await drained
      #expect(receiver.requests.count == 1)
      #expect(try await waiting(server) == 0)
      return server
    }
  }

  private func leave(_ wire: Wire) async throws {
    try await wire.say(["type": "bye"])
    #expect(try await wire.closeCode() == 1000)
  }

  private func waiting(_ server: TestServer) async throws -> Int {
    try await server.store.query("SELECT * FROM hub_webhooks").count
  }
}
