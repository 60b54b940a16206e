internal import Bytes

extension Headers {
  /// Adds a field behind the others. A value with a control character is refused, because it
  /// could end the line and begin another header or another response.
  public mutating func append(_ name: HeaderName, _ value: StaticString) throws(HTTPError) {
    try append(name.text.bytes, value.bytes)
  }

  public mutating func append(_ name: HeaderName, _ value: String) throws(HTTPError) {
    try append(name.text.bytes, value.utf8.span)
  }

  public mutating func append(_ name: HeaderName, _ value: Span<UInt8>) throws(HTTPError) {
    try append(name.text.bytes, value)
  }

  public mutating func append(_ name: String, _ value: String) throws(HTTPError) {
    try append(name.utf8.span, value.utf8.span)
  }

  public mutating func append(_ name: HeaderName, decimal number: Int) throws(HTTPError) {
    try append(name.text.bytes, String(number).utf8.span)
  }

  /// Replaces all fields of that name by one.
  public mutating func set(_ name: HeaderName, _ value: String) throws(HTTPError) {
    remove(name)
    try append(name, value)
  }

  /// Takes out all fields of that name; their bytes stay behind unused.
  public mutating func remove(_ name: HeaderName) {
    while let index = index(of: name) { fields.remove(at: index) }
  }

  mutating func append(_ name: Span<UInt8>, _ value: Span<UInt8>) throws(HTTPError) {
    let value = value.trimmed()
    guard name.isToken(), name.count <= UInt16.max, value.isFieldValue(),
      bytes.count + name.count + value.count < Int(UInt32.max)
    else { throw HTTPError(.unsafeHeader) }
    let start = bytes.count
    bytes.append(name)
    bytes.append(value)
    fields.append(
      Field(
        name: UInt32(start), value: UInt32(start + name.count),
        valueLength: UInt32(value.count), nameLength: UInt16(name.count)))
  }
}
