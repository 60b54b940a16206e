internal import Bytes
internal import Crypto

/// What is kept of a token: enough to know it again, too little to use it.
public struct TokenDigest: Sendable, Hashable {
  public let bytes: [UInt8]

  public init(_ token: String) { bytes = tokenHash(TokenDigest.issued(token)) }

  /// A token as it was issued. Old clients are given its 32 bytes as 64 hexadecimal digits.
  private static func issued(_ token: String) -> String {
    guard token.utf8.count == 64, let bytes = Hex.decode(token) else { return token }
    return Base64.url.encode(bytes)
  }

  init(bytes: [UInt8]) { self.bytes = bytes }
}
