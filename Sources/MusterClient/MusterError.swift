/// Why something that was asked of the hub did not happen.
public struct MusterError: Error, Equatable, CustomStringConvertible {
  /// The number of the server's error or of its close code; 0 for what began on this side.
  public let code: Int
  /// One word, such as `permission_denied`, `disconnected` or `outcome_unknown`.
  public let reason: String
  /// A sentence for people.
  public let message: String
  /// Whether the same thing may work later.
  public let isTemporary: Bool
  /// How long to wait before that, if the server said so.
  public let retryAfterMilliseconds: Int?

  public init(
    code: Int = 0, reason: String, message: String = "", isTemporary: Bool = false,
    retryAfterMilliseconds: Int? = nil
  ) {
    self.code = code
    self.reason = reason
    self.message = message
    self.isTemporary = isTemporary
    self.retryAfterMilliseconds = retryAfterMilliseconds
  }

  public var description: String {
    "\(reason)\(code == 0 ? "" : " (\(code))")\(message.isEmpty ? "" : ": \(message)")"
  }
}

extension MusterError {
  static let disconnected = MusterError(
    reason: "disconnected", message: "the connection ended before the answer", isTemporary: true)
  static let closed = MusterError(reason: "closed", message: "this client was closed")
  static let unsubscribed = MusterError(reason: "unsubscribed")
  static let alreadySubscribed = MusterError(code: 105, reason: "already_subscribed")
  static let tooLarge = MusterError(code: 106, reason: "limit_exceeded")
  static let queueFull = MusterError(code: 106, reason: "queue_full", isTemporary: true)
  /// Sent once, never answered, and the server has forgotten its id by now.
  static let outcomeUnknown = MusterError(reason: "outcome_unknown")
}
