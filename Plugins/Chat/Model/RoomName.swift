internal import PluginKit
internal import UnicodeText

/// The name of a chat room, and the topic that stands for it.
///
/// Nearly any text can name a room, but not a topic. A name that a topic can hold is the end of the
/// topic's name: `chat.room.TEST`. Any other one stands behind a colon, with `:` and two hexadecimal
/// digits for each byte that a topic cannot hold: `my room` is `chat.room.:my:20room`.
struct RoomName: Hashable, Sendable, CustomStringConvertible {
  static let prefix = "chat.room."
  static let pattern = "chat.room.{name}"
  private static let longest = 64
  /// Of a topic's name, in bytes.
  private static let longestTopic = 255

  let description: String
  let topic: Topic

  /// Nil for an empty name, for more than 64 characters, and for control characters. The name is
  /// kept in NFC, because equal strings may differ in the bytes of a topic.
  init?(_ given: String) {
    let name = given.inNFC
    guard !name.isEmpty, name.unicodeScalars.count <= RoomName.longest,
      name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else { return nil }
    let end = RoomName.isPlain(name) ? name : RoomName.escaped(name)
    guard RoomName.prefix.utf8.count + end.utf8.count <= RoomName.longestTopic else { return nil }
    description = name
    topic = Topic(RoomName.prefix + end)
  }

  /// The room of a topic. Nil also for a second spelling of a name that has a simpler one.
  init?(_ topic: Topic) {
    guard let end = topic.rest(after: RoomName.prefix), let name = RoomName.unescaped(end),
      let room = RoomName(name), room.topic == topic
    else { return nil }
    self = room
  }

  private static func isPlain(_ name: String) -> Bool {
    // By scalars: a combining mark makes one character with the dot before it.
    let (first, last) = (name.unicodeScalars.first, name.unicodeScalars.last)
    return first != ":" && first != "." && last != "." && !name.utf8.hasDoubleDot
      && name.unicodeScalars.allSatisfy { $0 == ":" || $0 == "." || isKept($0) }
  }

  /// Whether a scalar needs no escape in a topic.
  private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": return true
    case _ where scalar.isASCII: return false
    default: break
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return true
    default: return false
    }
  }

  private static func escaped(_ name: String) -> String {
    var text = ":"
    for scalar in name.unicodeScalars {
      if isKept(scalar) {
        text.unicodeScalars.append(scalar)
      } else {
        for byte in String(scalar).utf8 {
          text += (byte < 16 ? ":0" : ":") + String(byte, radix: 16)
        }
      }
    }
    return text
  }

  private static func unescaped(_ end: String) -> String? {
    guard end.first == ":" else { return end }
    let bytes = Array(end.utf8.dropFirst())
    var name: [UInt8] = []
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: ":") else {
        name.append(bytes[index])
        index += 1
        continue
      }
      guard index + 2 < bytes.count,
        let byte = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
      else { return nil }
      name.append(byte)
      index += 3
    }
    return String(validating: name, as: UTF8.self)
  }
}

extension String.UTF8View {
  fileprivate var hasDoubleDot: Bool {
    zip(self, dropFirst()).contains { $0 == UInt8(ascii: ".") && $1 == $0 }
  }
}
