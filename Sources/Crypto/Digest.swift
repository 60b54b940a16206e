internal import COpenSSL

/// A hash function; `callAsFunction` gives the hash of some bytes.
///
///     let accept = Digest.sha1(key + magic)
public enum Digest: Sendable {
  /// Broken; only for old clients and formats that require it.
  case md5
  /// Broken for signatures; the WebSocket handshake requires it.
  case sha1
  case sha256
  case sha512

  /// How many bytes a hash has.
  public var byteCount: Int {
    switch self {
    case .md5: 16
    case .sha1: 20
    case .sha256: 32
    case .sha512: 64
    }
  }

  public func callAsFunction(_ bytes: Span<UInt8>) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
      let done = unsafe bytes.withUnsafeBytes {
        unsafe EVP_Digest($0.baseAddress, $0.count, target.baseAddress, nil, handle, nil)
      }
      precondition(done == 1, "this libcrypto lacks a hash function that Muster needs")
      count = byteCount
    }
  }

  public func callAsFunction(_ bytes: [UInt8]) -> [UInt8] { self(bytes.span) }

  public func callAsFunction(_ text: String) -> [UInt8] {
    var text = text
    return text.withUTF8 { unsafe self($0.span) }
  }

  var handle: OpaquePointer? {
    switch self {
    case .md5: unsafe Algorithms.shared.md5
    case .sha1: unsafe Algorithms.shared.sha1
    case .sha256: unsafe Algorithms.shared.sha256
    case .sha512: unsafe Algorithms.shared.sha512
    }
  }
}

extension Digest {
  /// The HMAC of `bytes` (RFC 2104): proves that who made it knows `key`.
  public func authenticate(_ bytes: Span<UInt8>, key: Span<UInt8>) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
      let mac = unsafe bytes.withUnsafeBytes { message in
        unsafe key.withUnsafeBytes { key in
          // A nil key would mean "the one from before" to libcrypto; an empty one is meant.
          var nothing: UInt8 = 0
          return unsafe withUnsafePointer(to: &nothing) { empty in
            unsafe HMAC(
              handle, key.baseAddress ?? UnsafeRawPointer(empty), Int32(key.count),
              message.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? empty, message.count,
              target.baseAddress, nil)
          }
        }
      }
      precondition(unsafe mac != nil, "this libcrypto lacks a hash function that Muster needs")
      count = byteCount
    }
  }

  public func authenticate(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    authenticate(bytes.span, key: key.span)
  }
}
