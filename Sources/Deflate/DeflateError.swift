/// Why compressed bytes could not be read.
public struct DeflateError: Error, Equatable, Sendable {
  public enum Code: Sendable {
    /// The bytes are not what RFC 1951 (or RFC 1952 around it) describes.
    case damaged
    /// The bytes end in the middle of a block.
    case truncated
    /// The result would be longer than the limit; what is beyond it was never inflated.
    case tooLarge
  }

  public let code: Code

  @inlinable public init(_ code: Code) { self.code = code }
}
