internal import COpenSSL

/// One key for session tickets (RFC 5077, 4): a name to find it by, a key to encrypt, a key to
/// authenticate.
///
/// On the heap, so that its bytes are in one place only, and wiped there when the last ticket that
/// needs it is done.
// Sendable: the bytes are written by `init` alone.
@safe final class TicketKey: @unchecked Sendable {
  private static let nameLength = 16
  private static let cipherLength = 32
  private static let macLength = 32
  static let length = nameLength + cipherLength + macLength

  private let bytes: UnsafeMutablePointer<UInt8>
  private let atEnd: (@Sendable ([UInt8]) -> Void)?

  /// - Parameter atEnd: is given the bytes as they are when their memory is given back.
  init(atEnd: (@Sendable ([UInt8]) -> Void)? = nil) {
    unsafe bytes = .allocate(capacity: Self.length)
    self.atEnd = atEnd
    let done = unsafe RAND_bytes(bytes, Int32(Self.length))
    precondition(done == 1, "the system gives no random bytes")
  }

  deinit {
    unsafe OPENSSL_cleanse(bytes, Self.length)
    atEnd?(unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: Self.length)))
    unsafe bytes.deallocate()
  }

  func isNamed(_ name: UnsafePointer<UInt8>) -> Bool {
    unsafe CRYPTO_memcmp(bytes, name, Self.nameLength) == 0
  }

  func copyName(to name: UnsafeMutablePointer<UInt8>) {
    unsafe name.update(from: bytes, count: Self.nameLength)
  }

  /// Sets up OpenSSL's cipher and MAC for one ticket.
  func set(
    _ context: OpaquePointer, _ mac: OpaquePointer, _ vector: UnsafePointer<UInt8>,
    encrypting: Bool
  ) -> Bool {
    let cipherKey = unsafe bytes + Self.nameLength
    let macKey = unsafe cipherKey + Self.cipherLength
    let direction: Int32 = encrypting ? 1 : 0
    return unsafe EVP_CipherInit_ex(
      context, EVP_aes_256_cbc(), nil, cipherKey, vector, direction) == 1
      && muster_mac_set_key(mac, macKey, Self.macLength) == 1
  }
}
