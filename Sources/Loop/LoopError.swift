internal import Glibc

/// A number with which the system refused a call, and what it calls it.
public struct SystemFault: Error, Hashable, Sendable, CustomStringConvertible {
  public let number: Int32

  public init(_ number: Int32) { self.number = number }

  /// The `errno` of the last failed system call on this thread.
  static var last: SystemFault { SystemFault(errno) }

  /// The peer is gone without a goodbye: an everyday event, not worth a line in a log.
  public var isDisconnect: Bool {
    switch number {
    case ECONNRESET, EPIPE, ECONNABORTED, ETIMEDOUT, ENOTCONN, EHOSTUNREACH, ENETUNREACH: true
    default: false
    }
  }

  /// The process or the machine has no descriptors left.
  public var isOutOfDescriptors: Bool { number == EMFILE || number == ENFILE }

  public var description: String {
    guard let text = unsafe strerror(number) else { return "system error \(number)" }
    return unsafe String(cString: text)
  }
}

/// A failure while opening, binding, resolving or connecting.
public struct LoopError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: Sendable {
    /// The text is no address, network or host and port.
    case malformedAddress
    case unknownHost
    /// The descriptor is no socket that listens for TCP connections.
    case notListening
    case addressInUse
    case accessDenied
    case refused
    case unreachable
    case timedOut
    case outOfDescriptors
    case system
  }

  public let code: Code
  /// The attempted operation, for a log: `listen on 127.0.0.1:80`.
  public let context: String
  public let fault: SystemFault?

  public init(_ code: Code, _ context: String, fault: SystemFault? = nil) {
    self.code = code
    self.context = context
    self.fault = fault
  }

  init(_ fault: SystemFault, _ context: String) {
    self.init(Self.code(of: fault), context, fault: fault)
  }

  private static func code(of fault: SystemFault) -> Code {
    switch fault.number {
    case EADDRINUSE: .addressInUse
    case EACCES, EPERM: .accessDenied
    case ECONNREFUSED: .refused
    case ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL: .unreachable
    case ETIMEDOUT: .timedOut
    case EMFILE, ENFILE: .outOfDescriptors
    default: .system
    }
  }

  public var description: String {
    let reason = fault.map(\.description) ?? Self.sentence(for: code)
    return "cannot \(context): \(reason)"
  }

  private static func sentence(for code: Code) -> String {
    switch code {
    case .malformedAddress: "not an address"
    case .unknownHost: "no such host"
    case .notListening: "it is no socket that listens for TCP connections"
    case .addressInUse: "the address is in use"
    case .accessDenied: "not allowed"
    case .refused: "the connection was refused"
    case .unreachable: "the address cannot be reached"
    case .timedOut: "no answer in time"
    case .outOfDescriptors: "no file descriptors left"
    case .system: "the system refused"
    }
  }
}
