import JSON
import MusterTesting
import PluginKit
import Testing

/// What is wrong with a frame, in the order of the checks.
@Suite struct FrameTests {
  private static func frame(
    type: String = #""msg""#, user: String = #"{"user_name":"test","user_avatar":""}"#,
    room: String = #""TEST""#, msg: String = #""hello""#
  ) -> String {
    #"{"type":\#(type),"data":{"user":\#(user),"room_name":\#(room),"msg":\#(msg)}}"#
  }

  static let table: [(text: String, error: String)] = [
    ("", "invalid message"), ("{", "invalid message"), ("7", "invalid message"),
    ("[]", "invalid message"), ("{}", "invalid message"),
    (#"{"type":"join"}"#, "invalid message"),
    (#"{"data":{"user":{"user_name":"a"},"room_name":"TEST","msg":""}}"#, "invalid message"),
    (#"{"type":"shout","data":{}}"#, "invalid data"),
    (#"{"type":"join","data":null}"#, "invalid data"),
    (#"{"type":"join","data":[]}"#, "invalid data"),
    (#"{"type":"join","data":{"user":{"user_name":""},"room_name":""}}"#, "invalid data"),
    (#"{"type":"join","data":{"user":{"user_name":""},"msg":""}}"#, "invalid data"),
    (#"{"type":"join","data":{"room_name":"TEST","msg":""}}"#, "invalid data"),
    (frame(user: #""test""#), "invalid data"), (frame(user: "{}"), "invalid data"),
    (frame(user: #"{"user_name":5}"#), "invalid data"), (frame(room: "5"), "invalid data"),
    (frame(msg: "5"), "invalid data"),
    (frame(msg: "\"\(String(repeating: "x", count: 4097))\""), "invalid data"),
    (frame(type: #""shout""#, user: #"{"user_name":""}"#), "illegal data"),
    (frame(user: #"{"user_name":null}"#), "illegal data"),
    (frame(room: #""""#), "illegal data"), (frame(room: "null"), "illegal data"),
    (frame(room: "\"\(String(repeating: "x", count: 65))\""), "illegal data"),
    (frame(user: #"{"user_name":"a\u0000b"}"#), "illegal data"),
    (frame(user: #"{"user_name":"a","user_avatar":"\u0000"}"#), "invalid data"),
    (frame(type: #""shout""#, msg: #""""#), "illegal type"),
    (frame(type: #""""#), "illegal type"), (frame(type: #""user""#), "illegal type"),
    (frame(type: #""error""#), "illegal type"), (frame(type: "5"), "illegal type"),
    (frame(type: "null"), "illegal type"),
    (frame(room: #""nowhere""#, msg: #""""#), "null message"),
    (frame(room: #""nowhere""#), "room not exist"),
    (frame(type: #""leave""#, room: #""nowhere""#, msg: #""""#), "room not exist"),
    (frame(), "user not exist"),
    (frame(type: #""leave""#, msg: #""""#), "user not exist"),
  ]

  @Test(arguments: table)
  func `the first thing that is wrong is told to the sender alone`(
    row: (text: String, error: String)
  ) async throws {
    try await withChat { bench in
      let other = try await bench.join("TEST", "other", id: "c1")
      _ = other.client.takeTexts()
      let client = try await bench.oldClient("c2")
      await client.send(row.text)
      #expect(client.client.takeFrames() == [.text(Frame.error(row.error))])
      #expect(other.client.takeTexts().isEmpty)
      await client.send(Frame.of("join", "test", "TEST"))
      #expect(client.client.takeTexts() == [Frame.user("test", "TEST", "join")])
    }
  }

  @Test func `a message of 4096 characters and one without an avatar are fine`() async throws {
    try await withChat { bench in
      let client = try await bench.oldClient("c1")
      let text = String(repeating: "好", count: 4096)
      await client.send(
        #"{"type":"join","data":{"user":{"user_name":"a"},"room_name":"TEST","msg":null}}"#)
      await client.send(Frame.of("msg", "a", "TEST", text))
      #expect(
        client.client.takeTexts() == [
          Frame.user("a", "TEST", "create"), Frame.of("msg", "a", "TEST", text),
        ])
    }
  }

  @Test func `nobody speaks or leaves under another's name`() async throws {
    try await withChat { bench in
      let first = try await bench.join("TEST", "a", id: "c1")
      let second = try await bench.join("TEST", "b", id: "c2")
      _ = first.client.takeTexts()
      _ = second.client.takeTexts()
      await first.send(Frame.of("msg", "b", "TEST", "x"))
      await first.send(Frame.of("leave", "b", "TEST"))
      #expect(
        first.client.takeTexts() == [
          Frame.error("user not exist"), Frame.error("user not exist"),
        ])
      #expect(second.client.takeTexts().isEmpty)
    }
  }

  @Test func `a flood is refused and nothing else`() async throws {
    try await withChat { bench in
      let client = try await bench.join("TEST", "a", id: "c1")
      for _ in 0..<59 { await client.send(Frame.of("msg", "a", "TEST", "x")) }
      _ = client.client.takeTexts()
      await client.send(Frame.of("msg", "a", "TEST", "x"))
      #expect(client.client.takeFrames() == [.text(Frame.error("too many requests"))])
      bench.clock.advance(seconds: 1)
      await client.send(Frame.of("msg", "a", "TEST", "x"))
      #expect(client.client.takeTexts() == [Frame.of("msg", "a", "TEST", "x")])
    }
  }
}
