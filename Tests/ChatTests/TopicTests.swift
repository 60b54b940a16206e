import JSON
import MusterTesting
import PluginKit
import Testing

/// The rooms as clients of version 2 see them.
@Suite struct TopicTests {
  @Test func `subscribing takes a seat and unsubscribing gives it back`() async throws {
    try await withChat { bench in
      let tao = try await bench.identity("tao")
      let client = try await bench.subscribe("chat.room.lab", as: tao)
      #expect(client.takeEvents().map(\.told) == ["create tao"])
      #expect(
        try await bench.snapshot("chat.room.lab", as: tao)
          == [["user_name": "tao", "user_avatar": "default"]])
      #expect(await bench.population(of: "lab") == 1)
      await bench.unsubscribe(client, "chat.room.lab")
      #expect(await bench.population(of: "lab") == nil)
      #expect(await bench.roomNews == ["opened lab", "lab 1", "lab 0", "released lab"])
      #expect(
        await bench.res("/chatroom/room?room_name=lab&user_name=tao&status=0", as: tao)
          == "leave chatroom")
    }
  }

  @Test func `the history of a room goes with its last seat`() async throws {
    try await withChat { bench in
      let tao = try await bench.identity("tao")
      let topic: Topic = "chat.room.lab"
      let client = try await bench.subscribe(topic, as: tao)
      try await bench.publish(["msg": "secret"], to: topic, as: tao)
      // A room that opens soon after the start expects no member from before it.
      #expect(await bench.hub.forgotten.map(\.offset) == [0])
      await bench.unsubscribe(client, topic)
      let end = try #require(await bench.hub.published.last { $0.topic == topic })
      let forgotten = await bench.hub.forgotten
      #expect(forgotten.map(\.topic) == [topic, topic])
      // Also what was said and told at the very end.
      #expect(forgotten.last?.offset == end.offset)
    }
  }

  @Test func `only rooms that come back after a start keep their history`() async throws {
    try await withChat { bench in
      let tao = try await bench.identity("tao")
      await bench.hub.expect(try await bench.identity("admin"), in: "chat.room.back")
      _ = try await bench.subscribe("chat.room.back", as: tao)
      #expect(await bench.hub.forgotten.isEmpty)
      _ = try await bench.subscribe("chat.room.left", as: tao)
      #expect(await bench.hub.forgotten.map(\.topic) == ["chat.room.left"])
      await bench.hub.expect(try await bench.identity("admin"), in: "chat.room.new")
      bench.clock.advance(seconds: 301)
      _ = try await bench.subscribe("chat.room.new", as: tao)
      #expect(await bench.hub.forgotten.map(\.topic) == ["chat.room.left", "chat.room.new"])
    }
  }

  @Test func `a full room is refused, and a second tab is not`() async throws {
    try await withChat(settings: ["capacity": .number(1)]) { bench in
      let tao = try await bench.identity("tao")
      let admin = try await bench.identity("admin")
      let first = try await bench.subscribe("chat.room.YOU", as: tao)
      let second = try await bench.subscribe("chat.room.YOU", as: tao)
      #expect(second.takeEvents().isEmpty)
      await #expect(throws: TopicRefusal.full) {
        try await bench.subscribe("chat.room.YOU", as: admin)
      }
      await bench.unsubscribe(first, "chat.room.YOU")
      #expect(await bench.population(of: "YOU") == 1)
      await bench.unsubscribe(second, "chat.room.YOU")
      _ = try await bench.subscribe("chat.room.YOU", as: admin)
    }
  }

  @Test func `giving the seat back over HTTP puts every tab out`() async throws {
    try await withChat { bench in
      let tao = try await bench.identity("tao")
      let tab = try await bench.subscribe("chat.room.YOU", as: tao)
      #expect(
        await bench.res("/chatroom/room?room_name=YOU&user_name=tao&status=0", as: tao)
          == "leave chatroom")
      #expect(tab.takeEvents().map(\.told) == ["create tao", "leave tao"])
      #expect(await bench.hub.members(of: "chat.room.YOU").isEmpty)
      await #expect(throws: TopicRefusal.denied) {
        try await bench.publish(["msg": "x"], to: "chat.room.YOU", as: tao)
      }
    }
  }

  @Test func `a message has the sender's own name, and text`() async throws {
    try await withChat { bench in
      let tao = try await bench.identity("tao")
      let client = try await bench.subscribe("chat.room.YOU", as: tao)
      _ = client.takeEvents()
      try await bench.publish(
        ["msg": "hi", "user": ["user_name": "admin"]], to: "chat.room.YOU", as: tao)
      let event = try #require(client.takeEvents().first)
      #expect(
        event.data.description == """
          {"event":"chat.msg","user":{"user_name":"tao","user_avatar":"default"},\
          "room_name":"YOU","msg":"hi","from":"\(tao.id)","id":"m-\(bench.clock.now)","at":\(bench.clock.now)}
          """)
      let long = JSONValue.string(String(repeating: "x", count: 4097))
      for bad: JSONValue in [[:], ["msg": ""], ["msg": 5], ["msg": long]] {
        await #expect(throws: TopicRefusal.self) {
          try await bench.publish(bad, to: "chat.room.YOU", as: tao)
        }
      }
    }
  }

  @Test func `guests see the list from the open networks, and no room`() async throws {
    try await withChat { bench in
      let guest = Identity(guest: "tab", name: "")
      _ = try await bench.subscribe("chat.rooms", as: guest)
      #expect(
        try await bench.snapshot("chat.rooms", as: guest)?["room_list"]
          == [["name": "TEST", "population": 0], ["name": "YOU", "population": 0]])
      await #expect(throws: TopicRefusal.unauthorized) {
        try await bench.subscribe("chat.rooms", as: guest, from: .outside)
      }
      await #expect(throws: TopicRefusal.unauthorized) {
        try await bench.subscribe("chat.room.YOU", as: guest)
      }
      let tao = try await bench.identity("tao")
      _ = try await bench.subscribe("chat.rooms", as: tao, from: .outside)
      await #expect(throws: TopicRefusal.unknown) {
        try await bench.subscribe("chat.room.:YOU", as: tao)
      }
    }
  }

  @Test func `rooms of any name are shared, where a topic cannot hold it too`() async throws {
    try await withChat { bench in
      let tao = try await bench.identity("tao")
      let old = try await bench.join("我的 room!", "test", id: "c1")
      let new = try await bench.subscribe("chat.room.:我的:20room:21", as: tao)
      _ = new.takeEvents()
      await old.send(Frame.of("msg", "test", "我的 room!", "hello"))
      #expect(new.takeEvents().map(\.told) == ["test: hello"])
      #expect(old.client.takeTexts().last == Frame.of("msg", "test", "我的 room!", "hello"))
    }
  }

  @Test func `an old client with a token is its account`() async throws {
    try await withChat { bench in
      let tao = try await bench.identity("tao")
      let tab = try await bench.subscribe("chat.room.YOU", as: tao)
      let other = try await bench.join("YOU", "other", id: "c1")
      let old = try await bench.oldClient("c2", as: tao)
      await old.send(Frame.of("msg", "tao", "YOU", "x"))
      #expect(old.client.takeTexts() == [Frame.error("user not exist")])
      await old.send(Frame.of("join", "somebody", "YOU"))
      let joined = Frame.user("tao", "YOU", "join")
        .replacing(#"avatar":"""#, with: #"avatar":"default""#)
      #expect(old.client.takeTexts() == [joined])
      #expect(await bench.population(of: "YOU") == 2)
      _ = tab.takeEvents()
      await old.send(Frame.of("msg", "somebody", "YOU", "x"))
      #expect(tab.takeEvents().map(\.told) == ["tao: x"])
      _ = old.client.takeTexts()
      _ = other.client.takeTexts()
      await old.send(Frame.of("leave", "somebody", "YOU"))
      #expect(old.client.takeTexts() == [joined.replacing("join", with: "leave")])
      #expect(other.client.takeTexts().isEmpty)
      await bench.unsubscribe(tab, "chat.room.YOU")
      #expect(other.client.takeTexts() == [joined.replacing("join", with: "leave")])
    }
  }

  @Test func `an account that is alone in a room by an old client leaves it`() async throws {
    try await withChat { bench in
      let tao = try await bench.identity("tao")
      let other = try await bench.join("YOU", "other", id: "c1")
      let old = try await bench.oldClient("c2", as: tao)
      await old.send(Frame.of("join", "tao", "YOU"))
      await old.send(Frame.of("leave", "tao", "YOU"))
      let told = ["join", "leave"].map {
        Frame.user("tao", "YOU", $0).replacing(#"avatar":"""#, with: #"avatar":"default""#)
      }
      #expect(old.client.takeTexts() == told)
      #expect(other.client.takeTexts().suffix(2) == told)
      await old.send(Frame.of("join", "tao", "YOU"))
      await old.end(.lost)
      #expect(other.client.takeTexts() == told)
      #expect(await bench.population(of: "YOU") == 1)
    }
  }
}
