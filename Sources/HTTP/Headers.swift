internal import Bytes

/// The header fields of one message, in order, in one run of bytes with an index beside it.
///
/// A parsed head is copied here whole, request line and all, so that it costs two allocations
/// however many fields it has; lookup compares lengths first and ignores the case of names.
public struct Headers: Sendable {
  var bytes: [UInt8]
  var fields: [Field]

  /// Where a field lies in `bytes`.
  struct Field: Sendable {
    var name: UInt32
    var value: UInt32
    var valueLength: UInt32
    var nameLength: UInt16
  }

  public init() {
    bytes = []
    fields = []
  }

  init(bytes: [UInt8], fields: [Field]) {
    self.bytes = bytes
    self.fields = fields
  }

  public var count: Int { fields.count }
  public var isEmpty: Bool { fields.isEmpty }

  /// The name of the field at `index`, as it was written.
  @_lifetime(borrow self)
  public func name(at index: Int) -> Span<UInt8> {
    let field = fields[index]
    let start = Int(field.name)
    return bytes.span.extracting(start..<start + Int(field.nameLength))
  }

  /// The value of the field at `index`, without the blanks around it.
  @_lifetime(borrow self)
  public func value(at index: Int) -> Span<UInt8> {
    let field = fields[index]
    let start = Int(field.value)
    return bytes.span.extracting(start..<start + Int(field.valueLength))
  }

  /// Where the first field of that name at or after `start` stands.
  public func index(of name: HeaderName, from start: Int = 0) -> Int? {
    index(of: name.text.bytes, from: start)
  }

  func index(of wanted: Span<UInt8>, from start: Int = 0) -> Int? {
    var index = start
    while index < fields.count {
      if Int(fields[index].nameLength) == wanted.count, name(at: index).matches(wanted) {
        return index
      }
      index += 1
    }
    return nil
  }

  /// The value of the first field of that name.
  @_lifetime(borrow self)
  public func bytes(of name: HeaderName) -> Span<UInt8>? {
    guard let index = index(of: name) else { return nil }
    return value(at: index)
  }

  /// The value of the first field of that name as text.
  public subscript(name: HeaderName) -> String? {
    guard let index = index(of: name) else { return nil }
    return String(value(at: index))
  }

  /// The same for a name that is known only at run time.
  public subscript(name: String) -> String? {
    guard let index = index(of: name.utf8.span) else { return nil }
    return String(value(at: index))
  }

  public func contains(_ name: HeaderName) -> Bool { index(of: name) != nil }

  /// How many fields have that name.
  public func count(of name: HeaderName) -> Int {
    var found = 0
    var next = index(of: name)
    while let index = next {
      found += 1
      next = self.index(of: name, from: index + 1)
    }
    return found
  }

  /// The values of all fields of that name, in order.
  public func values(of name: HeaderName) -> [String] {
    var values: [String] = []
    var next = index(of: name)
    while let index = next {
      values.append(String(value(at: index)))
      next = self.index(of: name, from: index + 1)
    }
    return values
  }

  /// All values of that name as one list, which is what several fields of a name mean
  /// (RFC 9110, 5.3); not for `Set-Cookie`.
  public func list(_ name: HeaderName) -> String? {
    let values = values(of: name)
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }

  /// Whether one of the comma-separated elements of that header is `element`, in any case.
  public func contains(_ name: HeaderName, element: StaticString) -> Bool {
    var next = index(of: name)
    while let index = next {
      var elements = ListElements(value(at: index))
      while let found = elements.next() {
        if found.matches(element.bytes) { return true }
      }
      next = self.index(of: name, from: index + 1)
    }
    return false
  }
}
