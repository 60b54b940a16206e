import Testing
import UnicodeText

struct NormalizationCheckTests {
  @Test(arguments: ["", "chat.room.TEST", "Å", "é", "가", "会议室", "ω", "\u{2FF}", "🙂", "a\u{0315}"])
  func `a text in form C passes`(_ text: String) {
    #expect(text.isNFC)
  }

  @Test(arguments: [
    "\u{212A}", "\u{212B}", "\u{2126}", "e\u{0301}", "\u{1100}\u{1161}", "\u{F900}",
    "a\u{0315}\u{0300}", "\u{0344}", "\u{0958}", "\u{1D15E}",
  ])
  func `another spelling of a text does not pass`(_ text: String) {
    #expect(!text.isNFC)
  }

  @Test(arguments: ["\u{378}", "\u{16D68}", "a\u{E0080}"])
  func `a scalar that is not assigned does not pass`(_ text: String) {
    #expect(!text.isNFC)
  }

  @Test(arguments: [[0xE4], [0xFF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]])
  func `bytes that are not UTF-8 do not pass`(_ bytes: [UInt8]) {
    let passes = isNFC(bytes.span)
    #expect(!passes)
  }
}
