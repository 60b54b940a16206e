public import Bytes

extension ByteBuffer {
  /// Appends `text` as a JSON string, quotes included.
  public mutating func append(json text: String) {
    append(UInt8(ascii: "\""))
    append(escaping: text.utf8.span)
    append(UInt8(ascii: "\""))
  }

  /// Appends the text in `utf8`, which must be valid, as a JSON string, quotes included.
  public mutating func append(json utf8: Span<UInt8>) {
    append(UInt8(ascii: "\""))
    append(escaping: utf8)
    append(UInt8(ascii: "\""))
  }

  /// Appends the shortest digits that read back as `number`; what JSON cannot say (infinities and
  /// not-a-number) becomes `null`, as JavaScript has it.
  public mutating func append(json number: Double) {
    if number.isFinite { append(number.description) } else { append("null" as StaticString) }
  }

  public mutating func append(json value: Bool) {
    append(value ? "true" : "false" as StaticString)
  }

  /// Appends `value` without any white space.
  public mutating func append(json value: JSONValue) {
    switch value {
    case .null: append("null" as StaticString)
    case .bool(let value): append(json: value)
    case .int(let value): append(decimal: Int(value))
    case .double(let value): append(json: value)
    case .string(let value): append(json: value)
    case .array(let elements): append(jsonElements: elements)
    case .object(let object): append(json: object)
    case .raw(let bytes): append(bytes)
    }
  }

  public mutating func append(json object: JSONObject) {
    append(UInt8(ascii: "{"))
    var isFirst = true
    for (key, value) in object.members {
      if !isFirst { append(UInt8(ascii: ",")) }
      isFirst = false
      append(json: key)
      append(UInt8(ascii: ":"))
      append(json: value)
    }
    append(UInt8(ascii: "}"))
  }

  private mutating func append(jsonElements elements: [JSONValue]) {
    append(UInt8(ascii: "["))
    var isFirst = true
    for element in elements {
      if !isFirst { append(UInt8(ascii: ",")) }
      isFirst = false
      append(json: element)
    }
    append(UInt8(ascii: "]"))
  }

  private mutating func append(escaping utf8: Span<UInt8>) {
    var position = 0
    while true {
      let end = WordScan.endOfPlainRun(in: utf8, from: position, stopAtNonASCII: false)
      append(utf8.extracting(position..<end))
      guard end < utf8.count else { return }
      append(escape: utf8[end])
      position = end + 1
    }
  }

  private mutating func append(escape byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: append(UInt8(ascii: "b"))
    case 0x09: append(UInt8(ascii: "t"))
    case 0x0A: append(UInt8(ascii: "n"))
    case 0x0C: append(UInt8(ascii: "f"))
    case 0x0D: append(UInt8(ascii: "r"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
    default:
      append("u00" as StaticString)
      append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
      let low = byte & 0x0F
      append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
    }
  }
}
