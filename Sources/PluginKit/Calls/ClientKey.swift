/// One client, as every limit per address counts it: an IPv4 address, or the first 64 bits of an
/// IPv6 address. Hosts choose the other 64 bits themselves, so counting those would limit nothing.
///
/// All clients of unknown address share one key.
public struct ClientKey: Sendable, Hashable {
  private enum Kind: UInt8, Sendable { case v4, v6, unknown }

  private let kind: Kind
  private let bits: UInt64

  private init(_ kind: Kind, _ bits: UInt64) {
    self.kind = kind
    self.bits = bits
  }

  public init(v4: UInt32) { self.init(.v4, UInt64(v4)) }

  /// `prefix` is the first half of an address.
  public init(v6 prefix: UInt64) { self.init(.v6, prefix) }

  /// The key of an address of four or sixteen bytes; `unknown` for any other count.
  public init(_ address: [UInt8]) {
    let bits = address.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch address.count {
    case 4: self.init(.v4, bits)
    case 16: self.init(.v6, bits)
    default: self = .unknown
    }
  }

  public static let unknown = ClientKey(.unknown, 0)
}

extension ClientKey: CustomStringConvertible {
  public var description: String {
    switch kind {
    case .v4: [24, 16, 8, 0].map { String(bits >> $0 & 255) }.joined(separator: ".")
    case .v6:
      "\([48, 32, 16, 0].map { String(bits >> $0 & 0xffff, radix: 16) }.joined(separator: ":"))::/64"
    case .unknown: "unknown"
    }
  }
}
