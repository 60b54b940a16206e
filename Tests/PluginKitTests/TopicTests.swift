import PluginKit
import Testing

@Suite struct TopicTests {
  @Test func `a topic is the bytes of its name`() {
    let (composed, apart) = (Topic("room.\u{E9}"), Topic("room.e\u{301}"))
    #expect(composed.description == apart.description)
    #expect(composed != apart)
    #expect(Set([composed, apart, "room.\u{E9}"]).count == 2)
  }

  @Test func `the rest of a name begins behind the bytes of its prefix`() {
    #expect(Topic("chat.room.TEST").rest(after: "chat.room.") == "TEST")
    #expect(Topic("chat.room.").rest(after: "chat.room.") == nil)
    #expect(Topic("chat.list").rest(after: "chat.room.") == nil)
    #expect(Topic("chat.room.\u{301}a").rest(after: "chat.room.") == "\u{301}a")
  }
}
