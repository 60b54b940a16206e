internal import Loop

extension IPAddress {
  /// Reads an address as proxies forward it: alone, as `203.0.113.9:4711`, or as `[2001:db8::1]`
  /// with or without a port. Azure's gateways and IIS add the port.
  init?(forwarded text: Substring) {
    var text = text
    if let colon = text.lastIndex(of: ":"), text.last != "]" {
      let host = text[..<colon]
      let isWithPort = host.last == "]" || !host.contains(":")
      if isWithPort {
        guard UInt16(text[text.index(after: colon)...]) != nil else { return nil }
        text = host
      }
    }
    if text.first == "[" {
      guard text.last == "]", text.contains(":") else { return nil }
      text = text.dropFirst().dropLast()
    }
    self.init(text)
  }
}
