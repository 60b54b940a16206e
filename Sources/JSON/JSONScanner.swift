/// Walks through JSON without building anything: one value, member or element at a time.
///
/// The caller steers: it looks at `kind`, takes a value with the method for that kind, or lets
/// `skip()` check it and give its place. Everything that is walked over is checked by RFC 8259,
/// skipped values too. After an error the scanner is of no further use.
public struct JSONScanner: ~Escapable {
  /// The kind of value at the current position.
  public enum Kind: Sendable {
    case null, bool, number, string, array, object
  }

  /// The place of a string without its quotes.
  public struct Text: Sendable, Equatable {
    public let range: Range<Int>
    /// Whether the bytes hold escape sequences and so are not the text itself.
    public let isEscaped: Bool
    public var isEmpty: Bool { range.isEmpty }
  }

  public let bytes: Span<UInt8>
  public internal(set) var position = 0
  var depthLeft: Int
  var valuesLeft: Int

  /// Starts in front of the first value of `bytes`; a text that is too long is refused when the
  /// first value is asked for.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, limits: JSONLimits = JSONLimits()) {
    self.bytes = bytes
    depthLeft = limits.depth
    valuesLeft = bytes.count <= limits.bytes ? limits.values : -1
  }

  /// The kind of the value that comes next.
  public mutating func kind() throws(JSONError) -> Kind {
    switch try significantByte() {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw JSONError(.unexpectedByte, at: position)
    }
  }

  /// Checks one value of any kind and gives the place of its bytes.
  @discardableResult
  public mutating func skip() throws(JSONError) -> Range<Int> {
    let kind = try kind()
    let start = position
    switch kind {
    case .null: try null()
    case .bool: _ = try bool()
    case .number: _ = try number()
    case .string: _ = try string()
    case .array:
      try enterArray()
      while try nextElement() { try skip() }
    case .object:
      try enterObject()
      while try nextMember() != nil { try skip() }
    }
    return start..<position
  }

  /// Makes sure that nothing but white space is left.
  public mutating func finish() throws(JSONError) {
    skipWhitespace()
    guard position == bytes.count else { throw JSONError(.trailingBytes, at: position) }
  }

  public mutating func null() throws(JSONError) {
    try count()
    try literal("null")
  }

  public mutating func bool() throws(JSONError) -> Bool {
    try count()
    if try significantByte() == UInt8(ascii: "t") {
      try literal("true")
      return true
    }
    try literal("false")
    return false
  }
}

// Containers. Where in a container the scanner stands can be told from the byte before it: only
// directly behind an opening bracket may a value come without a comma.
extension JSONScanner {
  public mutating func enterObject() throws(JSONError) { try enter(UInt8(ascii: "{")) }
  public mutating func enterArray() throws(JSONError) { try enter(UInt8(ascii: "[")) }

  /// The name of the next member, with the scanner in front of its value; `nil` behind the end.
  public mutating func nextMember() throws(JSONError) -> Text? {
    guard try next(before: UInt8(ascii: "}")) else { return nil }
    guard try significantByte() == UInt8(ascii: "\"") else {
      throw JSONError(.unexpectedByte, at: position)
    }
    let name = try text()
    guard try significantByte() == UInt8(ascii: ":") else {
      throw JSONError(.unexpectedByte, at: position)
    }
    position &+= 1
    return name
  }

  /// Whether there is another element, with the scanner in front of it; `false` behind the end.
  public mutating func nextElement() throws(JSONError) -> Bool {
    try next(before: UInt8(ascii: "]"))
  }

  private mutating func enter(_ bracket: UInt8) throws(JSONError) {
    try count()
    guard try significantByte() == bracket else { throw JSONError(.unexpectedByte, at: position) }
    guard depthLeft > 0 else { throw JSONError(.tooDeep, at: position) }
    depthLeft &-= 1
    position &+= 1
  }

  private mutating func next(before close: UInt8) throws(JSONError) -> Bool {
    let isFirst = bytes[position &- 1] == close &- 2
    let byte = try significantByte()
    if byte == close {
      position &+= 1
      depthLeft &+= 1
      return false
    }
    if isFirst { return true }
    guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte, at: position) }
    position &+= 1
    return true
  }
}

extension JSONScanner {
  mutating func skipWhitespace() {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      position &+= 1
    }
  }

  /// The next byte that is not white space, not yet taken.
  mutating func significantByte() throws(JSONError) -> UInt8 {
    skipWhitespace()
    guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
    return bytes[position]
  }

  /// Counts one more value against the limit.
  mutating func count() throws(JSONError) {
    if valuesLeft <= 0 {
      throw JSONError(valuesLeft < 0 ? .tooLong : .tooManyValues, at: position)
    }
    valuesLeft &-= 1
  }

  private mutating func literal(_ word: StaticString) throws(JSONError) {
    _ = try significantByte()
    for index in 0..<word.utf8CodeUnitCount {
      guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
      guard bytes[position] == word.utf8Start[index] else {
        throw JSONError(.unexpectedByte, at: position)
      }
      position &+= 1
    }
  }
}
