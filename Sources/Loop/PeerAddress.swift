internal import Glibc

/// One end of a connection: an address and a port.
public struct PeerAddress: Hashable, Sendable, CustomStringConvertible {
  public let address: IPAddress
  public let port: UInt16

  public init(_ address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  public var isLoopback: Bool { address.isLoopback }
  public var isPrivate: Bool { address.isPrivate }

  /// True when one of `networks` has the address.
  public func isIn(_ networks: [Network]) -> Bool { networks.contains { $0.contains(address) } }

  public var description: String { address.isV4 ? "\(address):\(port)" : "[\(address)]:\(port)" }
}

// The forms in which the system wants addresses and gives them.
extension PeerAddress {
  /// The address that the system reports; unknown families (a socket pair has none) are `[::]:0`.
  init(_ storage: sockaddr_storage) {
    self = unsafe withUnsafeBytes(of: storage) { bytes in
      switch Int32(storage.ss_family) {
      case AF_INET:
        let v4 = unsafe bytes.load(as: sockaddr_in.self)
        return PeerAddress(
          IPAddress(v4: UInt32(bigEndian: v4.sin_addr.s_addr)),
          port: UInt16(bigEndian: v4.sin_port))
      case AF_INET6:
        let v6 = unsafe bytes.load(as: sockaddr_in6.self)
        return PeerAddress(IPAddress(v6.sin6_addr), port: UInt16(bigEndian: v6.sin6_port))
      default:
        return PeerAddress(.anyV6, port: 0)
      }
    }
  }

  var family: Int32 { address.isV4 ? AF_INET : AF_INET6 }

  /// Lends this address to `call` in the system's form.
  func withSystemForm<Result>(
    _ call: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    if let v4 = address.v4 {
      var form = sockaddr_in()
      form.sin_family = sa_family_t(AF_INET)
      form.sin_port = port.bigEndian
      form.sin_addr.s_addr = v4.bigEndian
      return unsafe Self.lend(&form, to: call)
    }
    var form = sockaddr_in6()
    form.sin6_family = sa_family_t(AF_INET6)
    form.sin6_port = port.bigEndian
    form.sin6_addr = address.in6
    return unsafe Self.lend(&form, to: call)
  }

  private static func lend<Form, Result>(
    _ form: inout Form, to call: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    unsafe withUnsafePointer(to: &form) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe call($0, socklen_t(MemoryLayout<Form>.size))
      }
    }
  }
}
