public import Bytes

/// Writes JSON piece by piece, in the order of the calls, without a tree.
///
/// The writer sets commas and colons and nothing else: that names stand in objects, and that what
/// was opened is closed, is the caller's affair. It owns its buffer until `finish()`.
public struct JSONWriter: ~Copyable {
  private var buffer: ByteBuffer
  private var needsComma = false
  private var isBehindKey = false
  private var depth = 0
  private let isPretty: Bool

  /// Goes on behind what `buffer` holds already. `pretty` puts every member on its own line.
  public init(into buffer: consuming ByteBuffer = ByteBuffer(), pretty: Bool = false) {
    self.buffer = buffer
    isPretty = pretty
  }

  /// The finished text.
  public consuming func finish() -> ByteBuffer { buffer }

  /// The bytes that `body` writes.
  public static func bytes(
    capacity: Int = 256, _ body: (inout JSONWriter) throws -> Void
  ) rethrows -> [UInt8] {
    var writer = JSONWriter(into: ByteBuffer(capacity: capacity))
    try body(&writer)
    return [UInt8](writer.finish())
  }

  public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    open(UInt8(ascii: "{"))
    try body(&self)
    close(UInt8(ascii: "}"))
  }

  public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
    open(UInt8(ascii: "["))
    try body(&self)
    close(UInt8(ascii: "]"))
  }

  public mutating func object(
    _ key: StaticString, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    self.key(key)
    try object(body)
  }

  public mutating func array(
    _ key: StaticString, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    self.key(key)
    try array(body)
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    buffer.append(bracket)
    needsComma = false
    depth += 1
  }

  private mutating func close(_ bracket: UInt8) {
    depth -= 1
    if isPretty, needsComma { newLine() }
    buffer.append(bracket)
    needsComma = true
  }

  /// The name of the next member; it is written as it is, so it must need no escapes.
  public mutating func key(_ key: StaticString) {
    separate()
    buffer.append(UInt8(ascii: "\""))
    buffer.append(key)
    buffer.append(UInt8(ascii: "\""))
    colon()
  }

  public mutating func key(_ key: String) {
    separate()
    buffer.append(json: key)
    colon()
  }

  private mutating func colon() {
    buffer.append(UInt8(ascii: ":"))
    if isPretty { buffer.append(UInt8(ascii: " ")) }
    needsComma = false
    isBehindKey = true
  }

  private mutating func separate() {
    if needsComma { buffer.append(UInt8(ascii: ",")) }
    if isPretty, !isBehindKey, depth > 0 { newLine() }
    isBehindKey = false
    needsComma = true
  }

  private mutating func newLine() {
    buffer.append(UInt8(ascii: "\n"))
    for _ in 0..<depth { buffer.append("  " as StaticString) }
  }

  public mutating func null() {
    separate()
    buffer.append("null" as StaticString)
  }

  public mutating func value(_ value: String) {
    separate()
    buffer.append(json: value)
  }

  public mutating func value(_ value: Bool) {
    separate()
    buffer.append(json: value)
  }

  public mutating func value(_ value: Int) {
    separate()
    buffer.append(decimal: value)
  }

  public mutating func value(_ value: Double) {
    separate()
    buffer.append(json: value)
  }

  public mutating func value(_ value: JSONValue) {
    guard isPretty else {
      separate()
      return buffer.append(json: value)
    }
    switch value {
    case .array(let elements): array { for element in elements { $0.value(element) } }
    case .object(let object):
      self.object {
        for (key, value) in object.members {
          $0.key(key)
          $0.value(value)
        }
      }
    case .null, .bool, .int, .double, .string, .raw:
      separate()
      buffer.append(json: value)
    }
  }

  /// A value that is encoded already.
  public mutating func raw(_ encoded: Span<UInt8>) {
    separate()
    buffer.append(encoded)
  }

  public mutating func raw(_ encoded: [UInt8]) { raw(encoded.span) }
}

extension JSONWriter {
  public mutating func member(_ key: StaticString, _ value: String) {
    self.key(key)
    self.value(value)
  }

  public mutating func member(_ key: StaticString, _ value: Bool) {
    self.key(key)
    self.value(value)
  }

  public mutating func member(_ key: StaticString, _ value: Int) {
    self.key(key)
    self.value(value)
  }

  public mutating func member(_ key: StaticString, _ value: Double) {
    self.key(key)
    self.value(value)
  }

  public mutating func member(_ key: StaticString, _ value: JSONValue) {
    self.key(key)
    self.value(value)
  }

  public mutating func member(_ key: StaticString, raw encoded: [UInt8]) {
    self.key(key)
    raw(encoded)
  }
}

extension ByteBuffer {
  /// Appends what `body` writes.
  public mutating func appendJSON(_ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter(into: self)
    body(&writer)
    self = writer.finish()
  }
}

extension JSONValue {
  /// The value as JSON text; `pretty` for people, otherwise without white space.
  public func encoded(pretty: Bool = false) -> [UInt8] {
    guard pretty else {
      var buffer = ByteBuffer(capacity: 256)
      buffer.append(json: self)
      return [UInt8](buffer)
    }
    var writer = JSONWriter(pretty: true)
    writer.value(self)
    return [UInt8](writer.finish())
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as JSON text without white space.
  public var description: String { String(decoding: encoded(), as: UTF8.self) }
}
