import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

/// Clients that know only the document, beside one that knows version 2.
@Suite struct OldClientTests {
  @Test(arguments: Engine.testable)
  func `an old client follows the document while a new one sees it all`(
    engine: Engine
  ) async throws {
    try await withChat(engine) { bench in
      let tao = try await bench.identity("tao")
      #expect(
        await bench.res(
          "/auth/register?user_tel=13900000001&user_name=test&user_password=secret")
          == "register successfully")
      let login = await bench.get("/auth/login?user_tel=13900000001&user_password=secret")
      #expect(login.json["res"] == "login successfully")
      #expect(await bench.res("/chatroom/create?room_name=lab") == "chatroom create successfully")

      let old = try await bench.join("lab", "test", id: "c1")
      #expect(old.client.takeTexts() == [Frame.user("test", "lab", "create")])
      let new = try await bench.subscribe("chat.room.lab", as: tao)
      #expect(new.takeEvents().map(\.told) == ["join tao"])
      #expect(
        old.client.takeTexts() == [
          Frame.user("tao", "lab", "join").replacing(#"avatar":"""#, with: #"avatar":"default""#)
        ])

      await old.send(Frame.of("msg", "test", "lab", "hello"))
      #expect(old.client.takeTexts() == [Frame.of("msg", "test", "lab", "hello")])
      let said = try #require(new.takeEvents().first)
      #expect(said.told == "test: hello")
      #expect(said.fields["room_name"] == "lab")
      #expect(said.fields["id"]?.string?.isEmpty == false)
      #expect(said.fields["at"] == .int(bench.clock.now))

      try await bench.publish(["msg": "hi"], to: "chat.room.lab", as: tao)
      #expect(
        old.client.takeTexts() == [
          Frame.of("msg", "tao", "lab", "hi")
            .replacing(#"avatar":"""#, with: #"avatar":"default""#)
        ])
      #expect(new.takeEvents().map(\.told) == ["tao: hi"])
      #expect(await bench.population(of: "lab") == 2)

      await old.send(Frame.of("leave", "test", "lab"))
      #expect(old.client.takeTexts() == [Frame.user("test", "lab", "leave")])
      #expect(new.takeEvents().map(\.told) == ["leave test"])
      #expect(
        await bench.res("/chatroom/room?room_name=lab&user_name=test&status=0")
          == "leave chatroom")
      await bench.unsubscribe(new, "chat.room.lab")
      #expect(await bench.population(of: "lab") == nil)
      #expect(
        await bench.roomNews == ["opened lab", "lab 1", "lab 2", "lab 1", "lab 0", "released lab"])
    }
  }

  @Test func `the permanent rooms are created once per start`() async throws {
    try await withChat { bench in
      let first = try await bench.join("TEST", "test", id: "c1")
      #expect(first.client.takeTexts() == [Frame.user("test", "TEST", "create")])
      await first.send(Frame.of("leave", "test", "TEST"))
      #expect(first.client.takeTexts() == [Frame.user("test", "TEST", "leave")])
      await first.send(Frame.of("join", "test", "TEST"))
      #expect(first.client.takeTexts() == [Frame.user("test", "TEST", "join")])
    }
  }

  @Test func `everybody in a room is told everything in one order, its author too`() async throws {
    try await withChat { bench in
      let first = try await bench.join("YOU", "a", id: "c1")
      let second = try await bench.join("YOU", "b", id: "c2")
      await second.send(Frame.of("msg", "b", "YOU", "1"))
      await first.send(Frame.of("msg", "a", "YOU", "2"))
      await second.send(Frame.of("leave", "b", "YOU"))
      let common = [
        Frame.user("b", "YOU", "join"), Frame.of("msg", "b", "YOU", "1"),
        Frame.of("msg", "a", "YOU", "2"), Frame.user("b", "YOU", "leave"),
      ]
      #expect(first.client.takeTexts() == [Frame.user("a", "YOU", "create")] + common)
      #expect(second.client.takeTexts() == common)
    }
  }

  @Test func `a second join is answered to its sender alone and takes no seat`() async throws {
    try await withChat { bench in
      let first = try await bench.join("YOU", "a", id: "c1")
      let second = try await bench.join("YOU", "b", id: "c2")
      _ = first.client.takeTexts()
      _ = second.client.takeTexts()
      await second.send(Frame.of("join", "b", "YOU"))
      #expect(second.client.takeTexts() == [Frame.user("b", "YOU", "join")])
      #expect(first.client.takeTexts().isEmpty)
      #expect(await bench.population(of: "YOU") == 2)
    }
  }

  @Test func `two connections of one name share a seat, and both are told`() async throws {
    try await withChat { bench in
      let other = try await bench.join("YOU", "b", id: "c0")
      let first = try await bench.join("YOU", "a", id: "c1")
      let second = try await bench.join("YOU", "a", id: "c2")
      #expect(second.client.takeTexts() == [Frame.user("a", "YOU", "join")])
      #expect(await bench.population(of: "YOU") == 2)
      _ = other.client.takeTexts()
      _ = first.client.takeTexts()
      await other.send(Frame.of("msg", "b", "YOU", "x"))
      #expect(first.client.takeTexts() == [Frame.of("msg", "b", "YOU", "x")])
      #expect(second.client.takeTexts() == [Frame.of("msg", "b", "YOU", "x")])
      _ = other.client.takeTexts()
      await first.end(.lost)
      #expect(other.client.takeTexts().isEmpty)
      #expect(await bench.population(of: "YOU") == 2)
      await second.end(.lost)
      #expect(other.client.takeTexts() == [Frame.user("a", "YOU", "leave")])
      #expect(await bench.population(of: "YOU") == 1)
    }
  }

  @Test(arguments: [Departure.lost, .closed(code: 1000), .closed(code: 1001), .ended])
  func `whoever is cut off leaves every room`(how: Departure) async throws {
    try await withChat { bench in
      let stays = try await bench.join("YOU", "b", id: "c1")
      await stays.send(Frame.of("join", "b", "TEST"))
      let goes = try await bench.join("YOU", "a", id: "c2")
      await goes.send(Frame.of("join", "a", "TEST"))
      await goes.send(Frame.of("join", "a", "alone"))
      _ = stays.client.takeTexts()
      await goes.send("nonsense")
      await goes.end(how)
      #expect(
        stays.client.takeTexts().sorted() == [
          Frame.user("a", "TEST", "leave"), Frame.user("a", "YOU", "leave"),
        ])
      #expect(await bench.population(of: "YOU") == 1)
      #expect(await bench.population(of: "alone") == nil)
      #expect(await bench.hub.members(of: "chat.room.YOU").map(\.name) == ["b"])
    }
  }

  @Test func `giving a seat back over HTTP puts its connections out`() async throws {
    try await withChat { bench in
      let stays = try await bench.join("YOU", "b", id: "c1")
      let goes = try await bench.join("YOU", "a", id: "c2")
      _ = stays.client.takeTexts()
      _ = goes.client.takeTexts()
      #expect(
        await bench.res("/chatroom/room?room_name=YOU&user_name=a&status=0") == "leave chatroom")
      #expect(stays.client.takeTexts() == [Frame.user("a", "YOU", "leave")])
      #expect(goes.client.takeTexts() == [Frame.user("a", "YOU", "leave")])
      await goes.send(Frame.of("msg", "a", "YOU", "x"))
      #expect(goes.client.takeTexts() == [Frame.error("user not exist")])
      await goes.send(Frame.of("join", "c", "YOU"))
      #expect(goes.client.takeTexts() == [Frame.user("c", "YOU", "join")])
    }
  }

  @Test func `a room that lives in memory is created anew after its release`() async throws {
    try await withChat { bench in
      let client = try await bench.join("lab", "a", id: "c1")
      await client.send(Frame.of("leave", "a", "lab"))
      await client.send(Frame.of("join", "a", "lab"))
      #expect(
        client.client.takeTexts() == [
          Frame.user("a", "lab", "create"), Frame.user("a", "lab", "leave"),
          Frame.user("a", "lab", "create"),
        ])
    }
  }
}
