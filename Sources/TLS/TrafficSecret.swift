internal import COpenSSL

/// The secret from which the keys of one direction are derived (RFC 8446, 7.1).
///
/// On the heap, so that it is in one place only, however often its owner is moved, and can be
/// wiped there when it goes.
@safe struct TrafficSecret: ~Copyable {
  static let maximumLength = 48

  private let bytes: UnsafeMutablePointer<UInt8>
  private let length: Int

  /// Copies as many bytes as the suite's hash has.
  init(copying source: UnsafeRawBufferPointer, length: Int) {
    precondition(length <= source.count && length <= Self.maximumLength, "no such hash")
    unsafe bytes = .allocate(capacity: length)
    for index in 0..<length { unsafe bytes[index] = source[index] }
    self.length = length
  }

  deinit {
    unsafe OPENSSL_cleanse(bytes, length)
    unsafe bytes.deallocate()
  }

  /// Goes on to the next secret, from which nobody gets back to this one (RFC 8446, 7.2).
  mutating func advance() {
    unsafe withExpanded("traffic upd", length) { next in
      unsafe bytes.update(from: next, count: length)
    }
  }

  /// Calls `body` with `count` bytes derived from the secret, and wipes them.
  ///
  /// HKDF-Expand-Label with an empty context (RFC 8446, 7.1). No length here is more than one
  /// hash, so one round of HMAC is all of HKDF-Expand (RFC 5869, 2.3).
  func withExpanded(
    _ label: StaticString, _ count: Int, _ body: (UnsafePointer<UInt8>) -> Void
  ) {
    precondition(count <= length, "more than one round of HKDF")
    var info: [32 of UInt8] = .init(repeating: 0)
    let used = Self.describe(label, count, &info)
    let digest = length == 48 ? unsafe EVP_sha384() : unsafe EVP_sha256()
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.maximumLength) { output in
      guard let start = output.baseAddress else { return }
      let isMade = unsafe withUnsafeBytes(of: &info) { info in
        unsafe HMAC(
          digest, bytes, Int32(length), info.baseAddress?.assumingMemoryBound(to: UInt8.self),
          used, start, nil) != nil
      }
      precondition(isMade, "this libcrypto lacks HMAC")
      unsafe body(start)
      unsafe OPENSSL_cleanse(start, Self.maximumLength)
    }
  }

  /// Length, "tls13 " and the label behind their length, no context, and HKDF's round number.
  private static func describe(
    _ label: StaticString, _ count: Int, _ info: inout [32 of UInt8]
  ) -> Int {
    let prefix: StaticString = "tls13 "
    var at = 3
    info[1] = UInt8(count)
    info[2] = UInt8(prefix.utf8CodeUnitCount + label.utf8CodeUnitCount)
    for text in [prefix, label] {
      for index in 0..<text.utf8CodeUnitCount {
        info[at] = unsafe text.utf8Start[index]
        at += 1
      }
    }
    info[at + 1] = 1
    return at + 2
  }
}
