import JSON
import Loop
import PluginKit
import Rig
import TLS
import Testing

@testable import MusterClient

extension TestServer {
  /// The Swift client, connected.
  func muster(
    session: String? = nil, token: TokenSource? = nil
  ) async throws -> Muster {
    let hub = try Muster(
      url: "wss://\(address)/ws", options: MusterOptions(trust: .anyone, session: session),
      token: token)
    hub.connect()
    return hub
  }
}

extension TopicEvent {
  /// What was published as `n`.
  var number: Int { data["data"]?["n"]?.int ?? -1 }
}

extension Subscription {
  /// The next thing that `pick` knows what to do with.
  func next<Found>(_ pick: (TopicNews) -> Found?) async throws -> Found {
    for await item in news {
      if let found = pick(item) { return found }
    }
    throw Fault("the subscription ended")
  }

  func event() async throws -> TopicEvent {
    try await next { if case .event(let event) = $0 { event } else { nil } }
  }

  func live() async throws -> Bool {
    try await next { if case .live(let recovered) = $0 { recovered } else { nil } }
  }
}

/// `Muster`, the Swift client, against a real server.
@Suite(.timeLimit(.minutes(3))) struct SwiftClientTests {
  @Test(arguments: TestServer.workers)
  func `what one client publishes all of them hear, in one order`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      let li = try await server.muster()
      let wang = try await server.muster()
      let mine = li.subscribe("lab.log.a")
      let others = wang.subscribe("lab.log.a")
      _ = try await mine.live()
      _ = try await others.live()
      for number in 1...20 {
        let position = try await li.publish("lab.log.a", ["n": .int(Int64(number))])
        #expect(position.offset == UInt64(number))
      }
      for number in 1...20 {
        let (here, there) = (try await mine.event(), try await others.event())
        #expect(here == there)
        #expect(here.number == number)
      }
      await li.close()
      await wang.close()
    }
  }

  @Test(arguments: TestServer.workers)
  func `a client whose line breaks comes back and misses nothing`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      let reader = try await server.muster()
      let writer = try await server.muster()
      let topic = reader.subscribe("lab.log.b")
      let kept = writer.subscribe("lab.log.b")
      _ = try await topic.live()
      _ = try await kept.live()
      try await writer.publish("lab.log.b", ["n": 1])
      #expect(try await topic.event().number == 1)
      await reader.breakLine()
      for number in 2...5 {
        try await writer.publish("lab.log.b", ["n": .int(Int64(number))])
      }
      var heard: [Int] = []
      for _ in 2...5 { heard.append(try await topic.event().number) }
      #expect(heard == [2, 3, 4, 5])
      await reader.close()
      await writer.close()
    }
  }

  @Test(arguments: TestServer.workers)
  func `members are a complete map, and bye takes one out at once`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      let tokens = [try await server.token(for: "li"), try await server.token(for: "wang")]
      let li = try await server.muster { _ in tokens[0] }
      let room = li.subscribe("lab.room.c", presence: true)
      let wang = try await server.muster { _ in tokens[1] }
      _ = try await room.live()
      _ = wang.subscribe("lab.room.c")
      let both = try await room.next { news in
        if case .presence(let list) = news, list.members.count == 2 { list } else { nil }
      }
      #expect(Set(both.members.values.map(\.name)) == ["li", "wang"])
      #expect(both.members.values.map(\.isOnline) == [true, true])
      await wang.close()
      let alone = try await room.next { news in
        if case .presence(let list) = news, list.members.count == 1 { list } else { nil }
      }
      #expect(alone.members.values.map(\.name) == ["li"])
      await li.close()
    }
  }
}
