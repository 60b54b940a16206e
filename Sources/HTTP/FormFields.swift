internal import Bytes

/// The fields of a query or of an `application/x-www-form-urlencoded` body, in their order; a name
/// may come more than once.
public struct FormFields: Sendable, Equatable {
  public struct Field: Sendable, Equatable {
    public let name: String
    public let value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public struct Limits: Sendable {
    public var fields = 1000
    /// Of the encoded form.
    public var bytes = 1024 * 1024

    public init() {}
  }

  public private(set) var fields: [Field] = []

  public init() {}

  /// Decodes `raw` once. Text that is not UTF-8, a broken triplet or a NUL, which no database
  /// takes, is 400; more than the limits is 413.
  public init(decoding raw: Span<UInt8>, limits: Limits = Limits()) throws(HTTPError) {
    guard raw.count <= limits.bytes else { throw HTTPError(.bodyTooLarge) }
    var start = 0
    while start < raw.count {
      let end = raw.firstIndex(of: UInt8(ascii: "&"), from: start) ?? raw.count
      if end > start {
        guard fields.count < limits.fields else { throw HTTPError(.tooManyFields) }
        fields.append(try FormFields.field(raw.extracting(start..<end)))
      }
      start = end + 1
    }
  }

  private static func field(_ raw: Span<UInt8>) throws(HTTPError) -> Field {
    let equals = raw.firstIndex(of: UInt8(ascii: "="))
    let name = try text(raw.extracting(0..<(equals ?? raw.count)))
    guard let equals else { return Field(name: name, value: "") }
    return Field(name: name, value: try text(raw.extracting((equals + 1)...)))
  }

  private static func text(_ raw: Span<UInt8>) throws(HTTPError) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    var index = 0
    while index < raw.count {
      var byte = raw[index]
      if byte == UInt8(ascii: "+") {
        byte = .space
      } else if byte == UInt8(ascii: "%") {
        byte = try percentDecoded(raw, at: index)
        index += 2
      }
      guard byte != 0 else { throw HTTPError(.malformedEncoding) }
      bytes.append(byte)
      index += 1
    }
    guard let text = String(validating: bytes.span) else { throw HTTPError(.malformedEncoding) }
    return text
  }

  public mutating func append(name: String, value: String) {
    fields.append(Field(name: name, value: value))
  }

  /// The first value of that name.
  public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// All values of that name.
  public func values(of name: String) -> [String] {
    fields.filter { $0.name == name }.map(\.value)
  }
}

extension RequestHead {
  /// The fields of the query.
  public func query(limits: FormFields.Limits = .init()) throws(HTTPError) -> FormFields {
    try FormFields(decoding: queryBytes, limits: limits)
  }
}
