import Testing
import UnicodeText

struct ComparisonFormTests {
  @Test(arguments: [
    "Admin", "ADMIN", "ad\u{200B}min", "\u{FEFF}admin", "ａｄｍｉｎ", "𝐚𝐝𝐦𝐢𝐧", "admin\u{FE0F}",
    " admin", "admin\u{00A0}", "adm\u{00AD}in", "\u{202E}admin", "ad\u{3164}min",
  ])
  func `a text that looks like another one has its form`(_ text: String) {
    #expect(ComparisonForm(text) == ComparisonForm("admin"))
  }

  @Test(arguments: [
    ("\u{212A}", "k"), ("\u{212B}", "å"), ("\u{2126}", "ω"), ("Straße", "STRASSE"),
    ("\u{1100}\u{1161}", "가"), ("e\u{0301}", "é"), ("ﬁ", "fi"), ("王\u{3000}芳", "王 芳"),
    ("a\u{0600}\u{0301}", "á"), ("⑦", "7"), ("Ⅳ", "iv"),
  ])
  func `spellings of one text have one form`(_ a: String, _ b: String) {
    #expect(ComparisonForm(a) == ComparisonForm(b))
  }

  @Test(arguments: [("tao", "tae"), ("王芳", "王方"), ("i", "ı"), ("a b", "ab"), ("", "x")])
  func `different texts have different forms`(_ a: String, _ b: String) {
    #expect(ComparisonForm(a) != ComparisonForm(b))
  }

  @Test(arguments: ["", " ", "\u{200B}\u{200D}", "\u{3164}", "\u{2800}"])
  func `a text without anything to see has an empty form`(_ text: String) {
    #expect(ComparisonForm(text).isEmpty)
  }

  @Test func `the form of a form is the same form`() {
    for value in UInt32(0)...0x1FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let once = ComparisonForm("a" + String(scalar) + "\u{0301}")
      let twice = ComparisonForm(once.text)
      if once != twice { Issue.record("U+\(String(value, radix: 16))") }
    }
  }

  @Test func `a long text of the characters that grow most is folded whole`() {
    let text = String(repeating: "\u{FDFA}", count: 1000)
    #expect(ComparisonForm(text).text.unicodeScalars.count == 18_000)
  }
}
