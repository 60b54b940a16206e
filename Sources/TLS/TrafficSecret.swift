internal import COpenSSL

/// What the keys of one direction are made of (RFC 8446, 7.1); wiped when it goes.
@safe struct TrafficSecret: ~Copyable {
  private var bytes: [48 of UInt8]
  private let length: Int

  init(_ bytes: [48 of UInt8], length: Int) {
    self.bytes = bytes
    self.length = length
  }

  deinit {
    var bytes = bytes
    unsafe OPENSSL_cleanse(&bytes, 48)
  }

  /// Goes on to the next secret, from which nobody gets back to this one (RFC 8446, 7.2).
  mutating func advance() {
    var next: [48 of UInt8] = .init(repeating: 0)
    expand("traffic upd", length, &next)
    bytes = next
    unsafe OPENSSL_cleanse(&next, 48)
  }

  /// HKDF-Expand-Label with an empty context (RFC 8446, 7.1). No length here is more than one
  /// hash, so one round of HMAC is all of HKDF-Expand (RFC 5869, 2.3).
  func expand(_ label: StaticString, _ count: Int, _ output: inout [48 of UInt8]) {
    precondition(count <= length, "more than one round of HKDF")
    var info: [32 of UInt8] = .init(repeating: 0)
    let used = Self.describe(label, count, &info)
    let digest = length == 48 ? unsafe EVP_sha384() : unsafe EVP_sha256()
    let secret = bytes
    let made = unsafe withUnsafeBytes(of: secret) { secret in
      unsafe withUnsafeBytes(of: info) { info in
        unsafe withUnsafeMutableBytes(of: &output) { output in
          unsafe HMAC(
            digest, secret.baseAddress, Int32(length),
            info.baseAddress?.assumingMemoryBound(to: UInt8.self), used,
            output.baseAddress?.assumingMemoryBound(to: UInt8.self), nil) != nil
        }
      }
    }
    precondition(made, "this libcrypto lacks HMAC")
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
