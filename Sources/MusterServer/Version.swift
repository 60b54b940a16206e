/// Which program this is.
enum Version {
  static let number = "1.0.0"
}
