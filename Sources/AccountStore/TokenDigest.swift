internal import Crypto

/// The digest of a token, as it is stored: enough to recognize the token, too little to use it.
public struct TokenDigest: Sendable, Hashable {
  public let bytes: [UInt8]

  public init(_ token: String) { bytes = tokenHash(token) }

  init(bytes: [UInt8]) { self.bytes = bytes }
}
