internal import Bytes
internal import COpenSSL

/// A key for signatures that anyone can verify: Ed25519 (RFC 8032).
public struct SigningKey: Sendable {
  public static let seedBytes = 32
  private static let signatureBytes = 64
  /// The head of a public key in DER (RFC 8410); the 32 bytes of the key follow.
  private static let head: [UInt8] = [
    0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
  ]

  /// The secret that the key is made of.
  public let seed: [UInt8]
  public let publicKey: [UInt8]

  /// A new key.
  public init() {
    guard let key = SigningKey(seed: Random.bytes(SigningKey.seedBytes)) else {
      preconditionFailure("this libcrypto lacks Ed25519")
    }
    self = key
  }

  /// Nil unless the seed has 32 bytes.
  public init?(seed: [UInt8]) {
    guard seed.count == SigningKey.seedBytes else { return nil }
    let made = unsafe SigningKey.withKey(seed) { key in
      var bytes = [UInt8](repeating: 0, count: 32)
      var count = bytes.count
      let done = unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count)
      return done == 1 && count == 32 ? bytes : nil
    }
    guard let publicKey = made else { return nil }
    self.seed = seed
    self.publicKey = publicKey
  }

  /// Equal messages have equal signatures of 64 bytes.
  public func signature(of message: [UInt8]) -> [UInt8] {
    let made = unsafe SigningKey.withKey(seed) { key -> [UInt8]? in
      guard let context = unsafe EVP_MD_CTX_new() else { return nil }
      defer { unsafe EVP_MD_CTX_free(context) }
      var bytes = [UInt8](repeating: 0, count: SigningKey.signatureBytes)
      var count = bytes.count
      guard unsafe EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
        unsafe EVP_DigestSign(context, &bytes, &count, message, message.count) == 1,
        count == bytes.count
      else { return nil }
      return bytes
    }
    guard let made else { preconditionFailure("a key that was good does not sign") }
    return made
  }

  /// The public key as `openssl` reads it.
  public var publicPEM: String {
    let text = Base64.standard.encode(SigningKey.head + publicKey)
    return "-----BEGIN PUBLIC KEY-----\n\(text)\n-----END PUBLIC KEY-----\n"
  }

  private static func withKey(
    _ seed: [UInt8], _ body: (OpaquePointer) -> [UInt8]?
  ) -> [UInt8]? {
    guard let key = unsafe EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed, seed.count)
    else { return nil }
    defer {
      unsafe EVP_PKEY_free(key)
      ERR_clear_error()
    }
    return unsafe body(key)
  }
}
