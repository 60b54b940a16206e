/// A range of addresses, written `10.0.0.0/8` or `fc00::/7`.
public struct Network: Hashable, Sendable {
  /// The first address of the range.
  public let base: IPAddress
  // Counted in the 128 bits of the mapped form.
  private let bits: Int

  /// All addresses that share the first `prefix` bits with `address`; IPv4 has 32 of them.
  public init(_ address: IPAddress, prefix: Int) {
    let bits = address.isV4 ? prefix + 96 : prefix
    precondition(prefix >= 0 && bits <= 128, "an address has no bit \(prefix)")
    self.bits = bits
    base = Self.mask(address, bits)
  }

  /// Reads `10.0.0.0/8`; a lone address is a network of one. nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(parts[0]) else { return nil }
    let width = address.isV4 ? 32 : 128
    guard parts.count == 2 else {
      self.init(address, prefix: width)
      return
    }
    guard parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let prefix = Int(parts[1]), prefix <= width
    else { return nil }
    self.init(address, prefix: prefix)
  }

  /// How many leading bits the addresses of this network share.
  public var prefix: Int { base.isV4 && bits >= 96 ? bits - 96 : bits }

  public func contains(_ address: IPAddress) -> Bool { Self.mask(address, bits) == base }

  private static func mask(_ address: IPAddress, _ bits: Int) -> IPAddress {
    // A shift by 64 or more gives zero, as it should here.
    let high = address.high & ~(UInt64.max >> min(bits, 64))
    let low = address.low & ~(UInt64.max >> max(0, bits - 64))
    return IPAddress(high: high, low: low)
  }
}

extension Network: CustomStringConvertible {
  public var description: String { "\(base)/\(prefix)" }
}
