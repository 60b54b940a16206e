internal import Bytes

/// The content of an `Authorization` field: a scheme, and credentials in a form that it defines.
public struct Authorization: Sendable, Equatable {
  /// In lower case.
  public let scheme: String
  /// Everything behind the scheme, blanks inside it too, so that whoever reads it can complain.
  public let credentials: String

  /// Nil if there is no such field, more than one, or one that does not begin with a scheme.
  public init?(_ headers: Headers) {
    guard headers.count(of: .authorization) == 1, let value = headers[.authorization] else {
      return nil
    }
    self.init(value)
  }

  public init?(_ value: String) {
    let bytes = value.utf8.span
    let end = bytes.firstIndex(of: .space) ?? bytes.count
    guard bytes.extracting(0..<end).isToken(),
      let credentials = String(validating: bytes.extracting(end...).trimmed())
    else { return nil }
    scheme = String(bytes.extracting(0..<end)).lowercased()
    self.credentials = credentials
  }

  /// The user and password of RFC 7617, or nil if the scheme is another one or the form is wrong.
  public var basic: (user: String, password: String)? {
    guard scheme == "basic", let bytes = Base64.standard.decode(credentials),
      bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
      let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
      let user = String(validating: bytes.span.extracting(0..<colon)),
      let password = String(validating: bytes.span.extracting((colon + 1)...))
    else { return nil }
    return (user, password)
  }
}
