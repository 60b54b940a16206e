internal import Crypto

/// The functions of `Crypto` that this module uses, with its parameters.
enum Secrets {
  static func hash(_ password: String, cost: PasswordHash.Cost) -> String {
    PasswordHash(password, cost: cost).description
  }

  /// Whether a password has this hash; false for a text that is no hash.
  static func verify(_ password: String, hash: String) -> Bool {
    PasswordHash(stored: hash)?.matches(password) ?? false
  }

  static func isHash(_ text: String) -> Bool { PasswordHash(stored: text) != nil }

  /// Whether a stored hash is cheaper to guess than one made today. A dearer one stays as it is.
  static func isWeak(_ hash: String, comparedWith cost: PasswordHash.Cost) -> Bool {
    guard let known = PasswordHash(stored: hash)?.cost else { return true }
    return known.work < cost.work
  }

  /// A hash of no password, as dear to check as a real one.
  static func example(cost: PasswordHash.Cost) -> String {
    let filling = String(repeating: "A", count: 43)
    return "$scrypt$ln=\(cost.log2N),r=\(cost.r),p=\(cost.p)$\(filling.prefix(22))$\(filling)"
  }

  /// Random text that can be read out and typed: no two of its characters look alike.
  static func makePassword() -> String {
    let letters = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    return String(
      Random.bytes(20).map { byte in
        // 56 letters: the slight unevenness of the remainder costs a fraction of a bit.
        letters[Int(byte) % letters.count]
      })
  }
}

extension PasswordHash.Cost {
  fileprivate var work: Int { (r * p) << log2N }
}
