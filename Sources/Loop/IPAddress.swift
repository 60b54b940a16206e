internal import Glibc

/// An IPv4 or IPv6 address in 16 bytes; IPv4 has its mapped form (`::ffff:1.2.3.4`).
public struct IPAddress: Hashable, Sendable {
  /// The first and the last eight bytes, as numbers.
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The IPv4 address whose four bytes make up `v4`, first byte highest.
  public init(v4: UInt32) { self.init(high: 0, low: Self.mapped | UInt64(v4)) }

  /// Reads `192.168.0.1` or `fe80::1`; nil for anything else, host names and zones included.
  public init?(_ text: some StringProtocol) {
    let text = String(text)
    var v4 = in_addr()
    if unsafe inet_pton(AF_INET, text, &v4) == 1 {
      self.init(v4: UInt32(bigEndian: v4.s_addr))
      return
    }
    var v6 = in6_addr()
    guard unsafe inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
    self.init(v6)
  }

  init(_ v6: in6_addr) {
    let (high, low) = unsafe unsafeBitCast(v6, to: (UInt64, UInt64).self)
    self.init(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
  }

  var in6: in6_addr { unsafe unsafeBitCast((high.bigEndian, low.bigEndian), to: in6_addr.self) }

  private static let mapped: UInt64 = 0xffff_0000_0000

  public static let loopbackV4 = IPAddress(v4: 0x7f00_0001)
  public static let loopbackV6 = IPAddress(high: 0, low: 1)
  public static let anyV4 = IPAddress(v4: 0)
  public static let anyV6 = IPAddress(high: 0, low: 0)

  public var isV4: Bool { high == 0 && low >> 32 == Self.mapped >> 32 }

  /// The four bytes of an IPv4 address as a number; nil for IPv6.
  public var v4: UInt32? { isV4 ? UInt32(truncatingIfNeeded: low) : nil }

  /// This machine: `127.0.0.0/8` and `::1`.
  public var isLoopback: Bool { v4.map { $0 >> 24 == 127 } ?? (self == Self.loopbackV6) }

  /// An address that no router of the Internet forwards: private (RFC 1918, RFC 4193) or
  /// link-local. Loopback is not among them.
  public var isPrivate: Bool { Self.privateNetworks.contains { $0.contains(self) } }

  private static let privateNetworks: [Network] = [
    Network(IPAddress(v4: 0x0a00_0000), prefix: 8), Network(IPAddress(v4: 0xac10_0000), prefix: 12),
    Network(IPAddress(v4: 0xc0a8_0000), prefix: 16),
    Network(IPAddress(v4: 0xa9fe_0000), prefix: 16),
    Network(IPAddress(high: 0xfc00 << 48, low: 0), prefix: 7),
    Network(IPAddress(high: 0xfe80 << 48, low: 0), prefix: 10),
  ]
}

extension IPAddress: CustomStringConvertible {
  public var description: String {
    if let v4 {
      return "\(v4 >> 24).\(v4 >> 16 & 255).\(v4 >> 8 & 255).\(v4 & 255)"
    }
    var address = in6
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) {
      text in
      let start = unsafe inet_ntop(AF_INET6, &address, text.baseAddress, socklen_t(text.count))
      return unsafe start.map { unsafe String(cString: $0) } ?? ""
    }
  }
}
