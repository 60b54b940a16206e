/// A person's family name and given name.
struct PersonName: Sendable, Hashable {
  let last: String
  let first: String

  init(last: String, first: String) {
    self.last = last
    self.first = first
  }

  /// From a full name as accounts have it: the family name comes first in a Chinese name. Another
  /// name stays whole.
  init(splitting name: String) {
    let scalars = Array(name.unicodeScalars)
    guard (2...6).contains(scalars.count), scalars.allSatisfy(\.properties.isIdeographic) else {
      self.init(last: name, first: "")
      return
    }
    let length = FamilyName.length(in: scalars)
    self.init(
      last: String(String.UnicodeScalarView(scalars[..<length])),
      first: String(String.UnicodeScalarView(scalars[length...])))
  }

  var full: String { last + first }
}
