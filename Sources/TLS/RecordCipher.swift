internal import COpenSSL

/// The TLS 1.3 suites that our own records can use.
enum RecordSuite: UInt16 {
  case aes128 = 0x1301
  case aes256 = 0x1302
  case chacha20 = 0x1303

  var keyLength: Int { self == .aes128 ? 16 : 32 }
  var secretLength: Int { self == .aes256 ? 48 : 32 }

  /// RFC 8446, 5.5: AES-GCM should not protect more than 2^24.5 records with one key.
  var recordLimit: UInt64 { self == .chacha20 ? .max : 1 << 24 }
}

/// libcrypto's ciphers, looked up once per context: a lookup costs more than a short record.
@safe final class RecordAlgorithms {
  private let aes128: OpaquePointer? = unsafe EVP_CIPHER_fetch(nil, "AES-128-GCM", nil)
  private let aes256: OpaquePointer? = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)
  private let chacha20: OpaquePointer? = unsafe EVP_CIPHER_fetch(nil, "ChaCha20-Poly1305", nil)

  deinit {
    unsafe EVP_CIPHER_free(aes128)
    unsafe EVP_CIPHER_free(aes256)
    unsafe EVP_CIPHER_free(chacha20)
  }

  func handle(_ suite: RecordSuite) -> OpaquePointer? {
    switch suite {
    case .aes128: unsafe aes128
    case .aes256: unsafe aes256
    case .chacha20: unsafe chacha20
    }
  }
}

/// Seals or opens the records of one direction, one sequence number after the other.
@safe struct RecordCipher: ~Copyable {
  static let tagLength = 16

  // Keyed once; each record only brings its nonce. One context per thread, keyed anew for each
  // record, would save a kilobyte per direction and add half to the time of a short record.
  private let context: OpaquePointer
  private var secret: TrafficSecret
  private let suite: RecordSuite
  private let isSealing: Bool
  private var nonceHead: UInt32 = 0
  private var nonceTail: UInt64 = 0
  private(set) var sequence: UInt64

  init?(
    _ suite: RecordSuite, _ algorithms: RecordAlgorithms, _ secret: consuming TrafficSecret,
    sealing: Bool, sequence: UInt64
  ) {
    guard let cipher = unsafe algorithms.handle(suite), let context = unsafe EVP_CIPHER_CTX_new(),
      unsafe EVP_CipherInit_ex(context, cipher, nil, nil, nil, sealing ? 1 : 0) == 1
    else { return nil }
    unsafe self.context = context
    self.secret = secret
    self.suite = suite
    isSealing = sealing
    self.sequence = sequence
    setKey()
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// Goes on with the next key, from sequence number zero.
  mutating func advance() {
    secret.advance()
    sequence = 0
    setKey()
  }

  private mutating func setKey() {
    let context = unsafe context
    var isSet = false
    unsafe secret.withExpanded("key", suite.keyLength) { key in
      isSet = unsafe EVP_CipherInit_ex(context, nil, nil, key, nil, -1) == 1
    }
    precondition(isSet, "libcrypto refused a traffic key")
    var vector: (UInt32, UInt64) = (0, 0)
    unsafe secret.withExpanded("iv", 12) { bytes in
      let bytes = unsafe UnsafeRawPointer(bytes)
      vector.0 = unsafe bytes.loadUnaligned(as: UInt32.self)
      vector.1 = unsafe bytes.loadUnaligned(fromByteOffset: 4, as: UInt64.self)
    }
    (nonceHead, nonceTail) = vector
  }

  /// RFC 8446, 5.3: the vector with the sequence number mixed into its end.
  @inline(__always) private mutating func setNonce() -> Bool {
    let tail = nonceTail ^ sequence.bigEndian
    sequence += 1
    let nonce: [3 of UInt32] = [
      nonceHead, UInt32(truncatingIfNeeded: tail), UInt32(truncatingIfNeeded: tail >> 32),
    ]
    return unsafe withUnsafeBytes(of: nonce) { nonce in
      unsafe EVP_CipherInit_ex(
        context, nil, nil, nil, nonce.baseAddress?.assumingMemoryBound(to: UInt8.self), -1) == 1
    }
  }

  /// Writes a whole record: encrypts `content` and the byte that says its type (RFC 8446, 5.2)
  /// straight from where they are to behind `header`, which is authenticated, and adds the tag.
  mutating func seal(
    _ content: UnsafeRawBufferPointer, type: UInt8, header: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    let count = content.count
    let source = unsafe content.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let body = unsafe header + 5
    let tag = unsafe body + count + 1
    var type = type
    var length: Int32 = 0
    return unsafe setNonce()
      && EVP_EncryptUpdate(context, nil, &length, header, 5) == 1
      && (count == 0 || EVP_EncryptUpdate(context, body, &length, source, Int32(count)) == 1)
      && EVP_EncryptUpdate(context, body + count, &length, &type, 1) == 1
      && EVP_EncryptFinal_ex(context, tag, &length) == 1
      && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagLength), tag) == 1
  }

  /// Decrypts a record of `count` bytes (with tag, without header) into `target`; false when it is
  /// not what the peer sent next.
  mutating func open(
    header: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    let inner = count - Self.tagLength
    let body = unsafe header + 5
    var length: Int32 = 0
    // libcrypto only reads the tag, but its control call takes any kind of argument.
    let tag = unsafe UnsafeMutablePointer(mutating: body + inner)
    return unsafe setNonce()
      && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagLength), tag) == 1
      && EVP_DecryptUpdate(context, nil, &length, header, 5) == 1
      && EVP_DecryptUpdate(context, target, &length, body, Int32(inner)) == 1
      && EVP_DecryptFinal_ex(context, target + inner, &length) == 1
  }
}
