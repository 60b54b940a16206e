/// The beginning of student numbers: `20`, `21`, or any other digits.
struct Grade: Sendable, Hashable {
  let prefix: String

  /// nil if `text` is not one to ten digits.
  init?(_ text: String) {
    guard (1...10).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    prefix = text
  }

  /// The grade that a number says by its first two digits.
  init?(of number: String) { self.init(String(number.prefix(2))) }

  /// The first text that does not begin with the prefix any more, in the order of bytes.
  var end: String {
    var bytes = Array(prefix.utf8)
    bytes[bytes.count - 1] += 1
    return String(decoding: bytes, as: UTF8.self)
  }

  func contains(_ number: String) -> Bool { number.hasPrefix(prefix) }
}
