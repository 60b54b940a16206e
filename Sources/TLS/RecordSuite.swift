internal import COpenSSL
internal import Loop

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

/// The cipher of records under one key: for AES the fast library where the processor has it, and
/// libcrypto otherwise. Both write the same bytes.
enum RecordKey: ~Copyable {
  #if canImport(CIPsecMB)
    case fast(FastGCM)
  #endif
  case libcrypto(LibcryptoAEAD)

  /// Nil when no library can do it.
  init?(_ suite: RecordSuite, _ algorithms: RecordAlgorithms, sealing: Bool) {
    #if canImport(CIPsecMB)
      if suite != .chacha20, let fast = FastGCM(algorithms, isLong: suite == .aes256) {
        self = .fast(fast)
        return
      }
    #endif
    guard let slow = LibcryptoAEAD(suite, algorithms, sealing: sealing) else { return nil }
    self = .libcrypto(slow)
  }

  /// Nil where only the library knows.
  var landmark: Landmark? {
    switch self {
    #if canImport(CIPsecMB)
      case .fast(let gcm): gcm.landmark
    #endif
    case .libcrypto: nil
    }
  }

  func set(_ key: UnsafePointer<UInt8>) {
    switch self {
    #if canImport(CIPsecMB)
      case .fast(let gcm): unsafe gcm.set(key)
    #endif
    case .libcrypto(let aead): unsafe aead.set(key)
    }
  }

  /// See `RecordCipher.seal`.
  @inline(__always) func seal(
    _ content: UnsafeRawBufferPointer, type: UInt8, header: UnsafeMutablePointer<UInt8>,
    nonce: UnsafePointer<UInt8>
  ) -> Bool {
    switch self {
    #if canImport(CIPsecMB)
      case .fast(let gcm):
        unsafe gcm.seal(content, type: type, header: header, nonce: nonce)
        return true
    #endif
    case .libcrypto(let aead):
      return unsafe aead.seal(content, type: type, header: header, nonce: nonce)
    }
  }

  /// See `RecordCipher.open`.
  @inline(__always) func open(
    header: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<UInt8>,
    nonce: UnsafePointer<UInt8>
  ) -> Bool {
    switch self {
    #if canImport(CIPsecMB)
      case .fast(let gcm):
        return unsafe gcm.open(header: header, count: count, into: target, nonce: nonce)
    #endif
    case .libcrypto(let aead):
      return unsafe aead.open(header: header, count: count, into: target, nonce: nonce)
    }
  }
}
