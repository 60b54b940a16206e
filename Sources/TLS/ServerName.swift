/// Rules for the name a client asks for.
enum ServerName {
  /// Whether `name` is an IP address, which SNI must not carry (RFC 6066, 3).
  static func isAddress(_ name: String) -> Bool {
    if name.utf8.contains(UInt8(ascii: ":")) { return true }
    return name.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
  }
}
