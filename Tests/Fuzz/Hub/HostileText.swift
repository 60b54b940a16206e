/// Texts on which programs stumble: canonically equivalent spellings, invisible characters, lengths
/// at the limits.
enum HostileText {
  /// Spellings of one text for a reader, and for Swift's `==`; their bytes differ.
  static let twins: [[String]] = [
    ["K", "\u{212A}"],
    ["\u{C5}", "\u{212B}", "A\u{30A}"],
    ["\u{3A9}", "\u{2126}"],
    ["\u{AC00}", "\u{1100}\u{1161}"],
    ["\u{8C48}", "\u{F900}"],
    ["caf\u{E9}", "cafe\u{301}"],
  ]

  static let rooms =
    ["TEST", "YOU", "lab", "a:b-c_d"] + twins.flatMap(\.self)
    + [
      "lab\u{200D}", "\u{FB01}le", String(repeating: "n", count: 245),
      String(repeating: "\u{AC00}", count: 81),
    ]

  static let names =
    [
      "", " ", "tao", "TAO", "tao\u{200B}", "\u{202E}oat", "\u{FEFF}tao", "a\u{0}b", "a\r\nX: y",
      "..", "a/../b",
      "%", "%00", "'; --", "\"", "\\", "<b>", "\u{1F469}\u{200D}\u{1F680}", "\u{FFFD}", "__proto__",
      "null",
      String(repeating: "m", count: 300), String(repeating: "\u{5F20}", count: 5000),
      "e" + String(repeating: "\u{301}", count: 500),
    ] + twins.flatMap(\.self)

  static let numbers = [
    "0", "1", "-1", "2", "21", "100", "2100301419", "2100301418", "4294967296",
    "9223372036854775807",
    "-9223372036854775808", "9223372036854775808", "18446744073709551615", "18446744073709551616",
    "1e400", "-1e-400",
    "0.5", "1e3", "1" + String(repeating: "0", count: 400),
  ]

  static func any(_ dice: inout Dice) -> String {
    switch dice.roll(3) {
    case 0: dice.pick(rooms)
    case 1: dice.pick(names)
    default: dice.pick(numbers)
    }
  }

  static func topic(_ dice: inout Dice) -> String {
    switch dice.roll(20) {
    case 0..<6: "chat.room." + dice.pick(rooms)
    // The hub's own rooms take every name that a topic may have.
    case 6..<11: "echo.room." + dice.pick(rooms)
    case 11: "chat.rooms"
    case 12: "checkin.chat"
    case 13: dice.pick(["checkin.presence", "hub.stats"])
    case 14: "checkin.grade." + dice.pick(["21", "2", "2100", "K", "\u{212A}", "\u{661}"])
    case 15: "checkin.user." + dice.pick(["2100301419", "2100301418", "\u{212A}"])
    case 16: dice.pick(["sign.course.", "sign.task.", "sign.user."]) + dice.pick(numbers)
    case 17: "\u{212A}." + dice.pick(rooms)
    case 18:
      dice.pick([
        "", ".", "chat..room", "chat.room.", ".chat", "chat", String(repeating: "t", count: 256),
      ])
    default: any(&dice)
    }
  }
}
