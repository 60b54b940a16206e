internal import Loop
internal import PluginKit

// Addresses as the values that plugins see.

extension ClientKey {
  init(_ address: IPAddress) {
    if let v4 = address.v4 { self.init(v4: v4) } else { self.init(v6: address.high) }
  }
}

extension Peer {
  /// The client of `address`; unknown without one.
  init(_ address: IPAddress?) {
    guard let address else {
      self = .unknown
      return
    }
    let bytes: [UInt8]
    if let v4 = address.v4 {
      bytes = (0..<4).map { UInt8(truncatingIfNeeded: v4 >> (24 - 8 * UInt32($0))) }
    } else {
      bytes = [address.high, address.low].flatMap { half in
        (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64($0))) }
      }
    }
    self.init(address: "\(address)", bytes: bytes)
  }
}
