internal import Bytes

/// The parameters behind a header value, `; name=value` or `; name="quoted value"`, one after the
/// other. `isMalformed` tells afterwards whether they ended early.
struct Parameters: ~Escapable {
  private var elements: ListElements
  private(set) var isMalformed = false
  /// Of the parameter that `next` found; the value with its quotes.
  private(set) var name: Span<UInt8>
  private(set) var rawValue: Span<UInt8>

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) {
    elements = ListElements(bytes, separator: UInt8(ascii: ";"))
    name = bytes.extracting(0..<0)
    rawValue = bytes.extracting(0..<0)
  }

  /// Goes to the next parameter; false at the end.
  @_lifetime(self: copy self)
  mutating func next() -> Bool {
    guard !isMalformed, let element = elements.next() else { return false }
    guard let equals = element.firstIndex(of: UInt8(ascii: "=")),
      element.extracting(0..<equals).isToken()
    else {
      isMalformed = true
      return false
    }
    name = element.extracting(0..<equals)
    rawValue = element.extracting((equals + 1)...)
    return true
  }

  /// The value without quotes; nil if it is neither a token nor rightly quoted. A backslash is
  /// taken as an escape only before a quote or another one, since old browsers send Windows paths.
  var value: [UInt8]? {
    guard !rawValue.isEmpty, rawValue[0] == UInt8(ascii: "\"") else {
      return rawValue.isToken() ? [UInt8](rawValue) : nil
    }
    var bytes: [UInt8] = []
    var index = 1
    while index < rawValue.count, rawValue[index] != UInt8(ascii: "\"") {
      if rawValue[index] == UInt8(ascii: "\\"), index + 1 < rawValue.count,
        rawValue[index + 1] == UInt8(ascii: "\"") || rawValue[index + 1] == UInt8(ascii: "\\")
      {
        index += 1
      }
      bytes.append(rawValue[index])
      index += 1
    }
    return index == rawValue.count - 1 ? bytes : nil
  }
}
