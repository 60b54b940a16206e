import Testing

@testable import HubProtocol
@testable import HubTopics

private func name(_ text: String) -> TopicName { TopicName(text).unsafelyUnwrapped }
private func pattern(_ text: String) -> TopicPattern { TopicPattern(text).unsafelyUnwrapped }

@Suite struct `A topic pattern` {
  @Test func `names one topic or all that begin alike`() {
    #expect(pattern("chat.rooms").matches(name("chat.rooms")))
    #expect(!pattern("chat.rooms").matches(name("chat.rooms.x")))
    #expect(pattern("chat.room.{name}").matches(name("chat.room.自习室")))
    #expect(pattern("chat.room.{name}").matches(name("chat.room.a.b")))
    #expect(!pattern("chat.room.{name}").matches(name("chat.room")))
    #expect(!pattern("chat.room.{name}").matches(name("chat.rooms")))
  }

  @Test(arguments: [
    "", "a.", "{name}x", "a.{b}.c", "a.{}", "a.{b", "a.b}", "a b", "a.{b c}", "a.{{b}}",
  ])
  func `is nothing else`(text: String) {
    #expect(TopicPattern(text) == nil)
  }

  @Test func `that says most about a name decides`() {
    var table = TopicTable<Int>()
    for (text, value) in [("a.{x}", 1), ("a.b.{x}", 2), ("a.b.c", 3), ("{x}", 4)] {
      let answers = [
        table.insert(value, for: pattern(text)), table.insert(9, for: pattern(text)),
      ]
      #expect(answers == [true, false])
    }
    let found = ["a.b.c", "a.b.c.d", "a.b", "a.c", "a", "z.z"].map { table.value(for: name($0)) }
    #expect(found == [3, 2, 1, 1, 4, 4])
    #expect(TopicTable<Int>().value(for: name("a")) == nil)
  }
}
