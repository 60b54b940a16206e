import Testing
import Transliteration

@Suite struct Transliterators {
  @Test(arguments: [
    ("單", "单"), ("歐陽", "欧阳"), ("", ""), ("Wei", "Wei"), ("👩‍🏫單", "👩‍🏫单"),
  ])
  func `rewrite by the rules of their name`(text: String, result: String) throws {
    let rules = try #require(Transliterator("Hant-Hans"))
    #expect(rules.transliterated(text) == result)
    #expect(rules.transliterated(text) == result)
  }

  @Test func `apply several rules in order`() throws {
    let rules = try #require(Transliterator("Han-Latin/Names; Latin-ASCII; Upper"))
    #expect(rules.transliterated("单") == "SHAN")
  }

  @Test(arguments: ["", "No-Such-Rules", "Han-Latin/Names;;x"])
  func `are none without rules of that name`(name: String) {
    #expect(Transliterator(name) == nil)
  }

  @Test func `refuse a text that is too long`() throws {
    let rules = try #require(Transliterator("Latin-ASCII"))
    #expect(rules.transliterated(String(repeating: "é", count: 10_000))?.utf8.count == 10_000)
    #expect(rules.transliterated(String(repeating: "é", count: (1 << 20) + 1)) == nil)
  }
}
