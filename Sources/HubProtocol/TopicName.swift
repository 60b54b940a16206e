internal import PluginKit
internal import UnicodeText

/// The name of a topic, known to follow the rules: 1–255 bytes of letters of any script, digits
/// and `_ : -`, in parts between dots, none of them empty.
///
/// A topic is its name's bytes, by which workers choose its owner. Only names in NFC are taken, so
/// that names which look the same are the same.
public struct TopicName: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// `nil` for what cannot be the name of a topic.
  public init?(_ name: String) {
    guard TopicName.isWellFormed(name) else { return nil }
    description = name
  }

  public static func == (a: TopicName, b: TopicName) -> Bool {
    a.description.hasSameBytes(as: b.description)
  }

  // The hash of a string is the same for equal bytes.
  public func hash(into hasher: inout Hasher) { hasher.combine(description) }

  /// The first part, which says whose topic it is.
  public var namespace: Substring { description.prefix { $0 != "." } }

  private static func isWellFormed(_ name: String) -> Bool {
    let utf8 = name.utf8.span
    guard 1...255 ~= utf8.count else { return false }
    var isPlain = true
    var previous = UInt8(ascii: ".")
    for index in 0..<utf8.count {
      let byte = utf8[index]
      if byte >= 0x80 {
        isPlain = false
      } else if !isAllowed(byte) || byte == UInt8(ascii: ".") && previous == byte {
        return false
      }
      previous = byte
    }
    guard previous != UInt8(ascii: ".") else { return false }
    if isPlain { return true }
    return name.unicodeScalars.allSatisfy { $0.isASCII || isLetter($0) } && isNFC(utf8)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"): true
    default: false
    }
  }

  // Marks and symbols are left out: names that look alike and are not would be the result.
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }
}
