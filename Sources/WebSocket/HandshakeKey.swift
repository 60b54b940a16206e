internal import Bytes
internal import Crypto

/// `Sec-WebSocket-Key`, and the proof that it was understood (RFC 6455, 4.2.2).
enum HandshakeKey {
  /// Whether `key` is the base64 form of 16 bytes. The four bits it has too many are not looked
  /// at: nothing depends on them, and some clients make their keys up.
  static func isWellFormed(_ key: String) -> Bool {
    let characters = key.utf8
    guard characters.count == 24, key.hasSuffix("==") else { return false }
    return characters.dropLast(2).allSatisfy { character in
      switch character {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
        true
      default: false
      }
    }
  }

  /// The value of `Sec-WebSocket-Accept` that belongs to `key`.
  static func answer(to key: String) -> String {
    Base64.standard.encode(Digest.sha1(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
  }

  /// A fresh key, for a client.
  static func random() -> String { Base64.standard.encode(Random.bytes(16)) }
}
