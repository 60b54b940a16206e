internal import Glibc

/// A host and a port as people write them: `127.0.0.1:8443`, `[::1]:8443`, `localhost:0`, `*:443`.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
  /// An address without brackets, a name, or `*` for every address of this machine.
  public var host: String
  public var port: UInt16

  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Reads `host:port`. An IPv6 address needs its brackets; no host at all means `*`.
  public init(_ text: some StringProtocol) throws(LoopError) {
    let text = String(text)
    let malformed = LoopError(.malformedAddress, "read \"\(text)\" as host:port")
    guard let colon = text.lastIndex(of: ":") else { throw malformed }
    var host = text[..<colon]
    let digits = text[text.index(after: colon)...]
    guard let first = digits.utf8.first, (0x30...0x39).contains(first), let port = UInt16(digits)
    else { throw malformed }
    if host.hasPrefix("[") && host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard let address = IPAddress(host), !address.isV4 else { throw malformed }
    } else if host.contains(":") {
      throw malformed
    }
    self.init(host: host.isEmpty ? "*" : String(host), port: port)
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// The addresses behind the host, in the order in which they are worth trying. Names other than
  /// `localhost` ask the resolver, which may block for seconds: not on an event loop.
  public func resolve() throws(LoopError) -> [PeerAddress] {
    if let address = IPAddress(host) { return [PeerAddress(address, port: port)] }
    switch host {
    case "*": return [PeerAddress(.anyV6, port: port)]
    case "localhost":
      return [PeerAddress(.loopbackV4, port: port), PeerAddress(.loopbackV6, port: port)]
    default: return try askResolver()
    }
  }

  private func askResolver() throws(LoopError) -> [PeerAddress] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    let status = unsafe getaddrinfo(host, nil, &hints, &list)
    defer { if let list = unsafe list { unsafe freeaddrinfo(list) } }
    var found: [PeerAddress] = []
    var next = unsafe status == 0 ? list : nil
    while let entry = unsafe next?.pointee {
      var storage = sockaddr_storage()
      let length = unsafe min(Int(entry.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
      if let address = unsafe entry.ai_addr { unsafe memcpy(&storage, address, length) }
      found.append(PeerAddress(PeerAddress(storage).address, port: port))
      unsafe next = entry.ai_next
    }
    if found.isEmpty { throw LoopError(.unknownHost, "resolve \(host)") }
    return found
  }
}
