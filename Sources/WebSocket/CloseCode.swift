/// Why a connection was closed (RFC 6455, 7.4, and the hub's own 4xxx codes).
public struct CloseCode: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt16

  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let normal = CloseCode(rawValue: 1000)
  public static let goingAway = CloseCode(rawValue: 1001)
  public static let protocolError = CloseCode(rawValue: 1002)
  public static let unsupportedData = CloseCode(rawValue: 1003)
  /// Never on the wire: the close frame carried no code.
  public static let noStatus = CloseCode(rawValue: 1005)
  /// Never on the wire: the transport ended without a close frame.
  public static let abnormal = CloseCode(rawValue: 1006)
  public static let invalidPayload = CloseCode(rawValue: 1007)
  public static let policyViolation = CloseCode(rawValue: 1008)
  public static let messageTooBig = CloseCode(rawValue: 1009)
  public static let internalError = CloseCode(rawValue: 1011)

  public static let badProtocol = CloseCode(rawValue: 4000)
  public static let unauthorized = CloseCode(rawValue: 4001)
  public static let kicked = CloseCode(rawValue: 4003)
  public static let tooManyConnections = CloseCode(rawValue: 4004)
  public static let replaced = CloseCode(rawValue: 4007)
  public static let revoked = CloseCode(rawValue: 4008)

  public static let hubError = CloseCode(rawValue: 4100)
  public static let overloaded = CloseCode(rawValue: 4101)
  public static let noHeartbeat = CloseCode(rawValue: 4102)
  public static let slowConsumer = CloseCode(rawValue: 4103)
  public static let rateLimited = CloseCode(rawValue: 4104)
  public static let tokenExpired = CloseCode(rawValue: 4105)
  public static let insufficientState = CloseCode(rawValue: 4106)
  public static let helloTimeout = CloseCode(rawValue: 4107)

  public static let shutdown = CloseCode(rawValue: 4200)
  public static let rebalance = CloseCode(rawValue: 4201)
  public static let permissionsChanged = CloseCode(rawValue: 4202)

  /// The client's next step after a close with this code.
  public enum Advice: Sendable {
    /// Coming back would end the same way.
    case stop
    /// Wait, longer each time, and connect again.
    case backOff
    /// Connect again at a random moment of the window that the server announced.
    case reconnectInWindow
  }

  /// 40xx stop, 41xx back off, 42xx reconnect inside the window; what RFC 6455 calls an
  /// error of the client (or a wish to end) stops, everything else is worth another try.
  public var advice: Advice {
    switch rawValue {
    case 4000..<4100: .stop
    case 4200..<4300: .reconnectInWindow
    case 1000, 1002, 1003, 1007, 1008, 1009, 1010: .stop
    default: .backOff
    }
  }

  /// Whether a close frame may carry it: RFC 6455, 7.4, and those registered since (1012–1014).
  public var isAllowedOnWire: Bool {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }

  /// The word for it in `goodbye` frames, logs and counters; nil for a code we do not know.
  public var name: String? {
    switch self {
    case .normal: "normal"
    case .goingAway: "going_away"
    case .protocolError: "protocol_error"
    case .unsupportedData: "unsupported_data"
    case .noStatus: "no_status"
    case .abnormal: "abnormal"
    case .invalidPayload: "invalid_payload"
    case .policyViolation: "policy_violation"
    case .messageTooBig: "too_big"
    case .internalError, .hubError: "internal_error"
    default: hubName
    }
  }

  private var hubName: String? {
    switch self {
    case .badProtocol: "bad_protocol"
    case .unauthorized: "unauthorized"
    case .kicked: "kicked"
    case .tooManyConnections: "too_many_connections"
    case .replaced: "replaced"
    case .revoked: "revoked"
    case .overloaded: "overloaded"
    case .noHeartbeat: "no_heartbeat"
    case .slowConsumer: "slow_consumer"
    case .rateLimited: "rate_limited"
    case .tokenExpired: "token_expired"
    case .insufficientState: "insufficient_state"
    case .helloTimeout: "hello_timeout"
    case .shutdown: "shutdown"
    case .rebalance: "rebalance"
    case .permissionsChanged: "permissions_changed"
    default: nil
    }
  }
}
