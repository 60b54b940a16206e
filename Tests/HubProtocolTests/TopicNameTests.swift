import Testing

@testable import HubProtocol

@Suite struct `A topic name` {
  @Test(arguments: [
    "a", "chat.room.TEST", "campus.qr.12", "study.live", "a_b:c-d.9", "chat.room.自习室",
    "chat.room.Übung",
    "sign.course.5", "чат.комната",
  ])
  func `is made of letters of any script, digits and a few signs`(name: String) {
    #expect(TopicName(name)?.description == name)
  }

  @Test(arguments: [
    "", ".", "a.", ".a", "a..b", "a b", "a/b", "a\"b", "a\\b", "a\n", "a\0", "a*", "a😀", "a。b",
    "a\u{200B}b",
    "e\u{301}", "a,b", "a@b",
  ])
  func `is nothing else`(name: String) {
    #expect(TopicName(name) == nil)
  }

  @Test(arguments: ["chat.room.\u{212A}", "\u{212B}", "\u{2126}", "\u{1112}\u{1161}", "\u{F900}"])
  func `has one spelling, in NFC`(name: String) {
    #expect(TopicName(name) == nil)
  }

  // Swift knows letters that compose, and that the library of the check for NFC does not know.
  @Test(arguments: ["chat.room.\u{16D68}", "chat.room.\u{16D67}\u{16D67}"])
  func `has letters that every part of the server knows`(name: String) {
    #expect(TopicName(name) == nil)
  }

  @Test func `has at most 255 bytes`() {
    #expect(TopicName(String(repeating: "a", count: 255)) != nil)
    #expect(TopicName(String(repeating: "a", count: 256)) == nil)
    #expect(TopicName(String(repeating: "房", count: 85)) != nil)
    #expect(TopicName(String(repeating: "房", count: 86)) == nil)
  }

  @Test func `belongs to the namespace in front of the first dot`() {
    #expect(TopicName("chat.room.x")?.namespace == "chat" && TopicName("hub")?.namespace == "hub")
  }
}
