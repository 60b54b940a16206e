/// Why a text is not the JSON it should be, and where.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    case unexpectedEnd = "the text ends too early"
    case unexpectedByte = "this byte cannot stand here"
    case badNumber = "not a number"
    case numberOutOfRange = "a number too large to hold"
    case controlCharacter = "a control character inside a string"
    case badEscape = "not an escape sequence"
    case loneSurrogate = "half of a surrogate pair"
    case invalidUTF8 = "not UTF-8"
    case duplicateMember = "a member name that was there before"
    case tooDeep = "nested too deeply"
    case tooLong = "too many bytes"
    case tooManyValues = "too many values"
    case trailingBytes = "more bytes after the end of the value"
  }

  public let code: Code
  /// Where the fault was noticed, in bytes from the start of the text.
  public let offset: Int

  public init(_ code: Code, at offset: Int) {
    self.code = code
    self.offset = offset
  }

  public var description: String { "\(code.rawValue), at byte \(offset)" }
}

/// Limits of a JSON reader; each is checked before memory is taken.
public struct JSONLimits: Sendable {
  /// The length of the whole text in bytes.
  public var bytes: Int
  /// How many arrays and objects may be open at once.
  public var depth: Int
  /// How many values the whole text may hold, counting containers and their contents.
  public var values: Int
  /// Whether of two members with one name the last wins; otherwise the second is an error.
  public var lastDuplicateWins: Bool

  public init(
    bytes: Int = 1 << 20, depth: Int = 32, values: Int = 100_000, lastDuplicateWins: Bool = false
  ) {
    self.bytes = bytes
    self.depth = depth
    self.values = values
    self.lastDuplicateWins = lastDuplicateWins
  }
}
