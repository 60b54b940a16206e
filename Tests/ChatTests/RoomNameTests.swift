import PluginKit
import Testing

@testable import Chat

@Suite struct RoomNameTests {
  @Test(arguments: [
    ("TEST", "chat.room.TEST"), ("聊天室", "chat.room.聊天室"), ("a.b:c", "chat.room.a.b:c"),
    ("a:20", "chat.room.a:20"), ("my room", "chat.room.:my:20room"), (":a", "chat.room.::3aa"),
    (".a", "chat.room.::2ea"), ("a.", "chat.room.:a:2e"), ("a..b", "chat.room.:a:2e:2eb"),
    ("聊天！", "chat.room.:聊天:ef:bc:81"), ("😀", "chat.room.::f0:9f:98:80"),
  ])
  func `every name has one topic, which leads back to it`(name: String, topic: String) throws {
    let room = try #require(RoomName(name))
    #expect(room.topic == Topic(topic))
    #expect(RoomName(room.topic) == room)
    #expect(RoomName(room.topic)?.description == name)
  }

  @Test(arguments: [
    "chat.room.", "chat.room.:TEST", "chat.room.:a:2", "chat.room.:a:zz", "chat.room.::ff",
    "chat.room.:a:2E", "chat.rooms", "chat.room.:my:20:72oom", "chat.room.::+1",
  ])
  func `there is no second spelling of a topic`(topic: String) {
    #expect(RoomName(Topic(topic)) == nil)
  }

  @Test(arguments: [
    "", "a\nb", "a\u{7F}", String(repeating: "x", count: 65), String(repeating: "😀", count: 64),
  ])
  func `names that no room can have`(name: String) { #expect(RoomName(name) == nil) }

  @Test func `all spellings of a name are one room with one topic`() throws {
    let composed = try #require(RoomName("caf\u{E9}"))
    let decomposed = try #require(RoomName("cafe\u{301}"))
    #expect(composed.topic.description.utf8.elementsEqual(decomposed.topic.description.utf8))
    #expect(decomposed.description.utf8.elementsEqual("caf\u{E9}".utf8))
    #expect(RoomName(Topic("chat.room.:cafe:cc:81")) == nil)
    #expect(RoomName("\u{212A}")?.topic == "chat.room.K")
  }

  @Test func `a dot with a mark behind it does not begin a topic's name`() {
    #expect(RoomName(".\u{FF9E}x")?.topic.description.hasPrefix("chat.room.:") == true)
  }
}
