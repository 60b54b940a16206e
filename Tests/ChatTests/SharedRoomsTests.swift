import JSON
import MusterTesting
import PluginHost
import PluginKit
import Storage
import Testing

@testable import Chat

/// Two servers on one database: the store decides on rooms and seats.
@Suite struct SharedRoomsTests {
  @Test(arguments: Engine.testable)
  func `of many requests for the last seat on two servers one wins`(engine: Engine) async throws {
    try await withServers(engine, settings: ["capacity": .number(2)]) { first, second in
      for _ in 0..<10 {
        #expect(
          await second.res("/chatroom/room?room_name=TEST&user_name=early&status=1")
            == "join chatroom")
        let answers = await withTaskGroup(of: String.self) { group in
          for number in 0..<8 {
            let server = number.isMultiple(of: 2) ? first : second
            group.addTask {
              await server.res("/chatroom/room?room_name=TEST&user_name=user\(number)&status=1")
            }
          }
          return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(answers == ["join chatroom": 1, "full room": 7])
        #expect(await first.population(of: "TEST") == 2)
        #expect(await second.population(of: "TEST") == 2)
        for user in ["early"] + (0..<8).map({ "user\($0)" }) {
          _ = await first.res("/chatroom/room?room_name=TEST&user_name=\(user)&status=0")
        }
        #expect(await second.population(of: "TEST") == 0)
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `of two servers that open a room one does`(engine: Engine) async throws {
    try await withServers(engine) { first, second in
      for round in 0..<3 {
        async let one = first.res("/chatroom/create?room_name=room\(round)")
        async let other = second.res("/chatroom/create?room_name=room\(round)")
        let answers = await [one, other].sorted()
        #expect(answers == ["chatroom already exist", "chatroom create successfully"])
      }
      let opened = await (first.roomNews + second.roomNews).filter { $0.hasPrefix("opened") }
      #expect(opened.count == 3)
    }
  }

  @Test(arguments: Engine.testable)
  func `a guest of one server is seen, and put out, by the other one`(engine: Engine) async throws {
    try await withServers(engine) { first, second in
      let guest = try await first.join("lab", "test", id: "c1")
      #expect(await second.population(of: "lab") == 1)
      // The name is taken on the other server, too.
      let stranger = try await second.connect("/", from: .near, id: "c1")
      await stranger.send(Frame.of("join", "test", "lab"))
      #expect(stranger.client.takeTexts() == [Frame.error("illegal data")])
      #expect(
        await second.res("/chatroom/room?room_name=lab&user_name=test&status=0")
          == "leave chatroom")
      _ = guest.client.takeTexts()
      await guest.send(Frame.of("msg", "test", "lab", "hello"))
      #expect(guest.client.takeTexts() == [Frame.error("room not exist")])
      #expect(await first.population(of: "lab") == nil)
    }
  }

  @Test(arguments: Engine.testable)
  func `a seat outlives neither the lease of its server nor a second server's look at it`(
    engine: Engine
  ) async throws {
    try await withServers(engine) { first, second in
      _ = try await first.join("lab", "test", id: "c1")
      _ = try await second.join("lab", "other", id: "c1")
      // Both servers live: nothing ends.
      for _ in 0..<5 {
        for server in [first, second] {
          server.clock.advance(seconds: 31)
          try await server.runJob("tidy")
        }
      }
      #expect(await second.population(of: "lab") == 2)
      // The first one is killed.
      second.clock.set(first.clock.now)
      for _ in 0..<3 {
        second.clock.advance(seconds: 25)
        try await second.runJob("tidy")
      }
      #expect(await second.population(of: "lab") == 1)
      #expect(await second.events(in: "chat.room.lab").last == "leave test")
    }
  }

  @Test(arguments: Engine.testable)
  func `seats of accounts are there after a restart, seats of guests are not`(
    engine: Engine
  ) async throws {
    try await withFreshStore(engine) { store in
      let before = try await makeServer(store)
      let tao = try await before.identity("tao")
      let admin = try await before.identity("admin")
      _ = try await before.subscribe("chat.room.lab", as: tao)
      _ = try await before.subscribe("chat.room.lab", as: admin)
      _ = try await before.join("lab", "test", id: "c1")
      #expect(await before.population(of: "lab") == 3)
      await before.unit.plugin.stop()

      let after = try await makeServer(store)
      // The hub expects one of the accounts back.
      await after.hub.expect(tao, in: "chat.room.lab")
      try await after.runJob("tidy")
      #expect(await after.population(of: "lab") == 1)
      let back = try await after.subscribe("chat.room.lab", as: tao)
      #expect(back.takeEvents().isEmpty)
      #expect(await after.hub.forgotten.isEmpty)
      after.clock.advance(seconds: 3600)
      try await after.runJob("tidy")
      #expect(await after.population(of: "lab") == 1)
      try await after.publish(["msg": "hi"], to: "chat.room.lab", as: tao)
      _ = await after.hub.remove(tao.id, from: "chat.room.lab")
      #expect(await after.population(of: "lab") == nil)
    }
  }

  @Test(arguments: Engine.testable)
  func `a permanent room is created once per start, and follows its table`(
    engine: Engine
  ) async throws {
    try await withFreshStore(engine) { store in
      for start in 0..<2 {
        let server = try await makeServer(store)
        let guest = try await server.join("TEST", "test", id: "c1")
        #expect(guest.client.takeTexts() == [Frame.user("test", "TEST", "create")])
        await guest.send(Frame.of("leave", "test", "TEST"))
        await guest.send(Frame.of("join", "test", "TEST"))
        #expect(guest.client.takeTexts().last == Frame.user("test", "TEST", "join"))
        await guest.end()
        #expect(await server.population(of: "YOU") == 0, "start \(start)")
      }
      try await store.execute("DELETE FROM chat_chatroom WHERE chatroom_name = 'YOU'")
      try await store.execute(
        "INSERT INTO chat_chatroom (chatroom_id, chatroom_name) VALUES (2, 'NEW')")
      let server = try await makeServer(store)
      let rooms = await server.get("/chatroom/list").json["room_list"]?.array ?? []
      #expect(rooms.compactMap { $0["name"]?.string } == ["TEST", "NEW"])
    }
  }

  private func makeServer(
    _ store: any Store, settings: [String: Setting.Kind] = [:]
  ) async throws -> PluginBench {
    let bench = try await PluginBench(
      ChatPlugin.self, store: store, settings: settings,
      clock: ManualClock("2022-09-01 10:00:00"))
    _ = try await bench.account("admin", telephone: "0", password: "123456")
    _ = try await bench.account("tao", telephone: "13800000003", password: "tao123456")
    return bench
  }

  private func withServers(
    _ engine: Engine, settings: [String: Setting.Kind] = [:],
    _ body: (PluginBench, PluginBench) async throws -> Void
  ) async throws {
    try await withFreshStore(engine) { store in
      try await body(
        try await makeServer(store, settings: settings),
        try await makeServer(store, settings: settings))
    }
  }
}

extension PluginBench {
  /// The events of a room, shortly.
  fileprivate func events(in topic: Topic) async -> [String] {
    await hub.published.filter { $0.topic == topic }.map(\.event.told)
  }
}
