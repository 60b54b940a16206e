import JSON
import Limits
import Loop
import MusterTesting
import PluginKit
import Rig
import Testing

@testable import HubCore
@testable import HubProtocol

/// What happens to somebody who is on the way into a topic: its owner has not answered yet.
@Suite(.timeLimit(.minutes(3))) struct ComingInTests {
  /// Asks for a topic whose owner answers when somebody is in `lab.room.gate`.
  private func knock(_ topic: String, _ server: TestServer, _ wire: Wire) async throws {
    try await wire.say(["type": "subscribe", "id": "sub", "topic": .string(topic)])
    try await server.until { await server.hub.population(of: Topic(topic)) == 1 }
  }

  private func openGate(_ server: TestServer) async throws -> Wire {
    let opener = try await server.client("s_opener")
    try await opener.subscribe("lab.room.gate")
    return opener
  }

  @Test(arguments: ["lab.gated.a", "lab.fickle.a"], TestServer.workers)
  func `who goes meanwhile leaves nothing behind, whatever the owner says`(
    topic: String, workers: Int
  ) async throws {
    try await TestServer.run(workers: workers) { server in
      let wire = try await server.client("s_going")
      try await knock(topic, server, wire)
      try await wire.sendClose(1000)
      #expect(try await wire.closeCode() == 1000)
      let opener = try await openGate(server)
      // A farewell ends presence at once, here too.
      try await server.until { await server.hub.population(of: Topic(topic)) == 0 }
      try await server.until { await server.server.statistics().subscriptions == 1 }
      #expect(await !opener.hasEnded)
    }
  }

  @Test(arguments: TestServer.workers)
  func `what happens meanwhile is heard behind the answer, in order`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      let wire = try await server.client("s_new")
      try await knock("lab.gated.d", server, wire)
      for number in 1...3 {
        try await server.hub.publish(Event("n", ["n": .init(number)]), to: "lab.gated.d")
      }
      let opener = try await openGate(server)
      #expect(try await wire.hear()["offset"] == 0)
      try await server.hub.publish(Event("n", ["n": 4]), to: "lab.gated.d")
      for number in 1...4 {
        let event = try await wire.hear()
        #expect(event["offset"]?.int == number && event["data"]?["n"]?.int == number)
      }
      #expect(await !opener.hasEnded)
    }
  }

  @Test(arguments: TestServer.workers)
  func `who is put out meanwhile is refused, and nobody else notices`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      let token = try await server.token(for: "li")
      let wire = try await server.client("s_li", token: token)
      try await knock("lab.gated.b", server, wire)
      #expect(await server.hub.remove("u1", from: "lab.gated.b"))
      await server.settle()
      let opener = try await openGate(server)
      let answer = try await wire.hear()
      #expect(answer["re"] == "sub" && answer["data"]?["code"] == 103)
      #expect(await server.server.statistics().subscriptions == 1)
      // The second time it is let in, and goes as everybody else.
      #expect(try await wire.subscribe("lab.gated.b")["type"] == "subscribed")
      #expect(await server.hub.population(of: "lab.gated.b") == 1)
      try await wire.say(["type": "bye"])
      #expect(try await wire.closeCode() == 1000)
      try await server.until { await server.hub.population(of: "lab.gated.b") == 0 }
      #expect(await !opener.hasEnded)
    }
  }

  @Test(arguments: TestServer.workers)
  func `a removal counts for a subscribe that was allowed before it`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      let wire = try await server.client("s_li", token: try await server.token(for: "li"))
      let topic = "lab.considered.a"
      try await wire.say(["type": "subscribe", "topic": .string(topic), "id": "sub"])
      // The answer to a later question says that the subscribe is being considered.
      try await wire.say(["type": "ping", "ts": 1])
      _ = try await wire.hear("pong")
      #expect(await !server.hub.remove("u1", from: Topic(topic)))
      let opener = try await openGate(server)
      let answer = try await wire.hear()
      #expect(answer["re"] == "sub" && answer["data"]?["code"] == 103)
      #expect(await server.hub.population(of: Topic(topic)) == 0)
      #expect(try await wire.subscribe(topic)["type"] == "subscribed")
      #expect(await !opener.hasEnded)
    }
  }

  @Test func `what waits when a client is sent away is not done`() async throws {
    try await TestServer.run(workers: 2) { server in
      let wire = try await server.client("s_li", token: try await server.token(for: "li"))
      try await wire.subscribe("lab.room.a")
      let witness = try await server.client("s_witness")
      try await witness.subscribe("lab.room.a")
      try await wire.say(["type": "subscribe", "topic": "lab.considered.b", "id": "sub"])
      try await wire.say(["type": "publish", "topic": "lab.room.a", "data": ["n": 1]])
      try await wire.say(["type": "ping", "ts": 1])
      _ = try await wire.hear("pong")
      #expect(await server.hub.disconnect("u1", .kicked) == 1)
      let opener = try await openGate(server)
      await server.settle()
      try await server.hub.publish(Event("last", [:]), to: "lab.room.a")
      #expect(try await witness.hear("event")["data"]?["event"] == "last")
      #expect(await server.hub.population(of: "lab.considered.b") == 0)
      #expect(await !opener.hasEnded)
    }
  }

  @Test func `whoever comes after somebody was put out is not meant`() async throws {
    try await TestServer.run(workers: 4) { server in
      let topic = try #require(TopicName("lab.room.late"))
      let li = try await server.client("s_li", token: try await server.token(for: "li"))
      try await li.subscribe("lab.room.late")
      // What a worker is told of a removal that was before.
      for worker in server.server.workers {
        await worker.handle(.removal(Removal(topic: topic, user: "u1", connections: [])))
      }
      try await server.hub.publish(Event("n", [:]), to: "lab.room.late")
      #expect(try await li.hear()["type"] == "event")
    }
  }

  @Test func `what waits is counted once, when it comes`() async throws {
    let limits = ServerLimits.with(\.framesPerSecond, 10)
    try await TestServer.run(workers: 1, time: ManualTime(), limits: limits) { server in
      await server.pass(6)
      let wire = try await server.client("s_one")
      try await knock("lab.gated.c", server, wire)
      for number in 0..<40 { try await wire.say(["type": "status", "id": .int(Int64(number))]) }
      let opener = try await openGate(server)
      _ = try await wire.hear("subscribed")
      for number in 0..<40 { #expect(try await wire.hear("ack")["re"]?.int == number) }
      #expect(await !opener.hasEnded)
    }
  }

  @Test func `who waits for an owner is not silent, however much was asked`() async throws {
    try await TestServer.run(workers: 1, time: ManualTime()) { server in
      let wire = try await server.client("s_one")
      // Each is waited for as long as an owner is.
      for number in 0..<5 {
        try await wire.say([
          "type": "subscribe", "id": "\(number)", "topic": "lab.slow.\(number)",
        ])
      }
      // More than may wait: the line is not read any more.
      for number in 0..<80 { try await wire.say(["type": "status", "id": .int(Int64(number))]) }
      func heard() async -> Int {
        await server.server.statistics().counters["websocket_messages_received_total"] ?? 0
      }
      try await server.until { await heard() >= 67 }
      #expect(await heard() < 86)
      try await server.until {
        await server.pass(1, step: 1000)
        return await heard() == 86
      }
      for number in 0..<80 { #expect(try await wire.hear("ack")["re"]?.int == number) }
      #expect(await !wire.hasEnded)
    }
  }

  @Test func `every frame with an id is answered`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.client()
      try await wire.say(["type": "pong", "id": 1, "data": ["t": 5]])
      #expect(try await wire.hear()["re"] == 1)
      try await wire.say(["type": "pong", "data": ["t": 5]])
      try await wire.say(["type": "bye", "id": "b"])
      let answer = try await wire.hear()
      #expect(answer["type"] == "ack" && answer["re"] == "b")
      #expect(try await wire.closeCode() == 1000)
    }
  }
}
