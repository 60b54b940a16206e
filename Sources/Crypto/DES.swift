internal import COpenSSL

/// Single DES in CBC mode with PKCS#5 padding: worthless as protection, required by old clients.
///
/// OpenSSL 3 keeps DES in a "legacy" module that may not be installed. Triple DES is in every
/// build, and with the same key three times over it *is* single DES: encrypt, decrypt, encrypt.
public struct DES: Sendable {
  private let key: [UInt8]
  private let initialVector: [UInt8]

  /// Takes the first eight bytes of `key`, the rest means nothing; nil when there are fewer, or
  /// when `initialVector` has not exactly eight.
  public init?(key: [UInt8], initialVector: [UInt8]) {
    guard key.count >= 8, initialVector.count == 8 else { return nil }
    let single = key[..<8]
    self.key = Array(single + single + single)
    self.initialVector = initialVector
  }

  public func encrypt(_ plaintext: [UInt8]) -> [UInt8] {
    guard let ciphertext = run(plaintext, encrypting: true) else {
      preconditionFailure("this libcrypto lacks triple DES")
    }
    return ciphertext
  }

  /// Nil when the padding is wrong, as it nearly always is with the wrong key.
  public func decrypt(_ ciphertext: [UInt8]) -> [UInt8]? {
    guard !ciphertext.isEmpty, ciphertext.count % 8 == 0 else { return nil }
    return run(ciphertext, encrypting: false)
  }

  private func run(_ input: [UInt8], encrypting: Bool) -> [UInt8]? {
    guard let context = unsafe EVP_CIPHER_CTX_new() else { return nil }
    defer {
      unsafe EVP_CIPHER_CTX_free(context)
      ERR_clear_error()
    }
    var output = [UInt8](repeating: 0, count: input.count + 8)
    var first: Int32 = 0
    var last: Int32 = 0
    let cipher = unsafe Algorithms.shared.tripleDES
    let direction: Int32 = encrypting ? 1 : 0
    let done = unsafe output.withUnsafeMutableBufferPointer { target in
      unsafe EVP_CipherInit_ex(context, cipher, nil, key, initialVector, direction) == 1
        && EVP_CipherUpdate(context, target.baseAddress, &first, input, Int32(input.count)) == 1
        && EVP_CipherFinal_ex(context, target.baseAddress.map { unsafe $0 + Int(first) }, &last)
          == 1
    }
    guard done else { return nil }
    output.removeLast(output.count - Int(first + last))
    return output
  }
}
