internal import Crypto

/// What is kept of a token: enough to know it again, too little to use it.
public struct TokenDigest: Sendable, Hashable {
  public let bytes: [UInt8]

  public init(_ token: String) { bytes = tokenHash(token) }

  init(bytes: [UInt8]) { self.bytes = bytes }
}
