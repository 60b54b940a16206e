/// A value for a `?` of a statement: numbers, text, bytes, truth, and optionals of these.
public protocol Bindable: Sendable {
  /// The value that the database sees.
  var boundValue: Value { get }
}

extension Value: Bindable {
  public var boundValue: Value { self }
}

extension Int: Bindable {
  public var boundValue: Value { .int(Int64(self)) }
}

extension Int64: Bindable {
  public var boundValue: Value { .int(self) }
}

extension Int32: Bindable {
  public var boundValue: Value { .int(Int64(self)) }
}

extension UInt32: Bindable {
  public var boundValue: Value { .int(Int64(self)) }
}

extension Bool: Bindable {
  public var boundValue: Value { .int(self ? 1 : 0) }
}

extension Double: Bindable {
  public var boundValue: Value { .real(self) }
}

extension String: Bindable {
  public var boundValue: Value { .text(self) }
}

extension Substring: Bindable {
  public var boundValue: Value { .text(String(self)) }
}

extension [UInt8]: Bindable {
  public var boundValue: Value { .blob(self) }
}

extension Optional: Bindable where Wrapped: Bindable {
  public var boundValue: Value { self?.boundValue ?? .null }
}
