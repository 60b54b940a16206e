internal import Bytes
internal import COpenSSL

/// Bytes that cannot be guessed.
public enum Random {
  public static func bytes(_ count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { target, written in
      let done = unsafe RAND_bytes(target.baseAddress, Int32(count))
      precondition(done == 1, "the system gives no random bytes")
      written = count
    }
  }

  /// A secret to hand to a client: 32 random bytes as base64url, 43 characters.
  public static func token() -> String { Base64.url.encode(bytes(32)) }

  /// Whether `text` has the form of such a secret.
  public static func isToken(_ text: String) -> Bool {
    text.utf8.count == 43
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  /// A random UUID (RFC 9562, version 4) in lower case with hyphens.
  public static func uuid() -> String {
    var bytes = bytes(16)
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Hex.encode(bytes)
    var text = ""
    text.reserveCapacity(36)
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text.append("-") }
      text.append(digit)
    }
    return text
  }
}
