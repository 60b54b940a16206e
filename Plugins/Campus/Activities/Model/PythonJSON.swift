internal import JSON

/// JSON in the spelling of Python's `json.dumps`, in which the original system stored and sent it.
enum PythonJSON {
  /// - Parameter escapesNonASCII: `ensure_ascii` of the original; it is on by default there.
  static func text(_ value: JSONValue, escapesNonASCII: Bool) -> String {
    var text = ""
    write(value, escapesNonASCII, to: &text)
    return text
  }

  /// The parser bounds the depth of a value from outside.
  private static func write(_ value: JSONValue, _ escapes: Bool, to text: inout String) {
    switch value {
    case .string(let string): write(string, escapes, to: &text)
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += ", " }
        write(element, escapes, to: &text)
      }
      text += "]"
    case .object(let object): write(object, escapes, to: &text)
    case .null, .bool, .int, .double, .raw: text += value.description
    }
  }

  private static func write(_ object: JSONObject, _ escapes: Bool, to text: inout String) {
    text += "{"
    for (index, member) in object.members.enumerated() {
      if index > 0 { text += ", " }
      write(member.key, escapes, to: &text)
      text += ": "
      write(member.value, escapes, to: &text)
    }
    text += "}"
  }

  private static func write(_ string: String, _ escapes: Bool, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars { write(scalar, escapes, to: &text) }
    text += "\""
  }

  private static func write(_ scalar: Unicode.Scalar, _ escapes: Bool, to text: inout String) {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    case "\u{8}": text += "\\b"
    case "\u{C}": text += "\\f"
    default:
      if scalar.value < 0x20 || (escapes && scalar.value >= 0x7F) {
        for unit in UTF16.encode(scalar) ?? .init() { text += escape(unit) }
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }

  private static func escape(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }
}
