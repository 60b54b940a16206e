/// The client that a request or a connection comes from, behind trusted proxies too.
public struct Peer: Sendable, Hashable {
  /// The numeric address, e.g. `192.168.4.7`, or `unknown`.
  public let address: String
  public let isLoopback: Bool
  private let bytes: [UInt8]

  /// `bytes` are the four or sixteen of the address.
  public init(address: String, bytes: [UInt8]) {
    self.address = address
    self.bytes = bytes
    isLoopback = bytes.count == 4 ? bytes[0] == 127 : bytes == Peer.loopbackV6
  }

  /// Reads a numeric address; any other text is an unknown client.
  public init(_ text: String) {
    guard let bytes = AddressRange(text)?.onlyAddress else {
      self = .unknown
      return
    }
    self.init(address: text, bytes: bytes)
  }

  private static let loopbackV6: [UInt8] = .init(repeating: 0, count: 15) + [1]

  public static let loopback = Peer(address: "127.0.0.1", bytes: [127, 0, 0, 1])

  /// A client behind a trusted proxy that forwarded no address. It is in no network, not even in
  /// `0.0.0.0/0`: otherwise a proxy that is set up wrongly would open what the networks close.
  public static let unknown = Peer(address: "unknown", bytes: [])

  public var isUnknown: Bool { bytes.isEmpty }

  /// The key under which limits per address count it.
  public var client: ClientKey { ClientKey(bytes) }

  /// Is it in one of `networks`, written as `10.0.0.0/8`, `fd00::/8` or a plain address?
  public func isIn(_ networks: [AddressRange]) -> Bool {
    networks.contains { $0.contains(bytes) }
  }
}
