internal import Crypto

/// The key of one log: ten letters and digits that nobody can guess.
enum SignKey {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
  private static let length = 10

  static func make() -> String {
    var text: [UInt8] = []
    while text.count < length {
      // 248 is the highest multiple of 62 in a byte: below it no letter is likelier than another.
      for byte in Random.bytes(length) where byte < 248 && text.count < length {
        text.append(letters[Int(byte) % letters.count])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
