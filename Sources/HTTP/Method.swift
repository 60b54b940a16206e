internal import Bytes

/// The methods that Muster serves, and `other` for all that it does not: those are answered like any
/// method that a path does not take.
///
/// TRACE is among the others, for it shows cookies to whoever can make a browser send it, and
/// CONNECT, for a hub is no proxy.
public enum Method: UInt8, Sendable, CaseIterable {
  case get, head, post, put, delete, patch, options, other

  public var name: StaticString {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .delete: "DELETE"
    case .patch: "PATCH"
    case .options: "OPTIONS"
    case .other: "other"
    }
  }

  /// Methods are case-sensitive (RFC 9110, 9.1).
  init(_ bytes: Span<UInt8>) {
    let known: Method =
      switch bytes.count {
      case 3: bytes[0] == UInt8(ascii: "G") ? .get : .put
      case 4: bytes[0] == UInt8(ascii: "H") ? .head : .post
      case 5: .patch
      case 6: .delete
      case 7: .options
      default: .other
      }
    self = bytes.elementsEqual(known.name.bytes) ? known : .other
  }
}

/// Some of the methods; printed as the value of an `Allow` header.
public struct MethodSet: OptionSet, Sendable, Hashable, CustomStringConvertible {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public init(_ method: Method) { rawValue = 1 << method.rawValue }

  public func contains(_ method: Method) -> Bool { contains(MethodSet(method)) }

  public var description: String {
    Method.allCases.filter { contains($0) }.map { "\($0.name)" }.joined(separator: ", ")
  }
}

/// The HTTP version of a peer. A higher minor version of HTTP/1 counts as 1.1 (RFC 9110, 2.5).
public enum Version: UInt8, Sendable, Comparable {
  case http10, http11

  public static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
}
