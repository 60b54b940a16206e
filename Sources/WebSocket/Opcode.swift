/// The type of a frame (RFC 6455, 5.2). The numbers left out are reserved.
@frozen public enum Opcode: UInt8, Sendable {
  case continuation = 0x0
  case text = 0x1
  case binary = 0x2
  case close = 0x8
  case ping = 0x9
  case pong = 0xA

  @inlinable public var isControl: Bool { rawValue >= 0x8 }
}

/// Which end of a connection we are: clients mask what they send, servers must not.
@frozen public enum Role: Sendable {
  case server
  case client
}
