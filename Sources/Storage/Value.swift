/// One value in a table, the same five cases on every engine.
///
/// There is no boolean and no date on purpose: truth is 0 and 1, and a time is text or a number
/// of the plugin's choice, so that a row means the same on both engines.
public enum Value: Sendable, Hashable {
  case null
  case int(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
}

extension Value {
  /// The word that error messages use for the case; never the content.
  var kind: String {
    switch self {
    case .null: "null"
    case .int: "an integer"
    case .real: "a real number"
    case .text: "text"
    case .blob: "a blob"
    }
  }
}

extension Value: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByStringInterpolation
{
  public init(nilLiteral: ()) { self = .null }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .real(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(booleanLiteral value: Bool) { self = .int(value ? 1 : 0) }
}

extension Value {
  /// The most bytes that one text or blob may have. PostgreSQL takes a gigabyte at most, SQLite as
  /// much; what is larger than this belongs into a file.
  public static let largestSize = 64 << 20

  /// Refuses what an engine could not keep, or would silently cut: every store asks before it binds.
  public func checkStorable() throws(StoreError) {
    switch self {
    case .text(let text):
      if text.utf8.contains(0) {
        throw StoreError(.unstorable, "text with a zero character cannot be stored")
      }
      try Self.checkSize(text.utf8.count)
    case .blob(let bytes): try Self.checkSize(bytes.count)
    case .null, .int, .real: return
    }
  }

  private static func checkSize(_ count: Int) throws(StoreError) {
    guard count <= largestSize else {
      throw StoreError(.unstorable, "a value of \(count) bytes is larger than \(largestSize)")
    }
  }
}
