/// Why a transfer to another server failed. Never holds what was transferred, nor a password.
public struct TransferError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// No such host, nobody listens, or the line broke.
    case unreachable
    case timeout
    /// The other side's certificate, or no encryption where it is demanded.
    case encryption
    /// The login at the mail server was refused.
    case login
    /// The other side has answered with a refusal; `status` says which.
    case refused
    case tooLarge
    /// The call itself makes no sense.
    case malformed
    /// The server is stopping.
    case stopped
    case other
  }

  public let code: Code
  public let detail: String
  /// The answer of the other side, if there is one.
  public let status: Int?

  public init(_ code: Code, _ detail: String, status: Int? = nil) {
    self.code = code
    self.detail = detail
    self.status = status
  }

  /// Trying again cannot help. A mail server's answers from 500 on are its last word (RFC 5321,
  /// 4.2.1); a wrong login is not, because somebody will correct it.
  var isFinal: Bool {
    switch code {
    case .refused: (status ?? 0) >= 500
    case .tooLarge, .malformed: true
    case .unreachable, .timeout, .encryption, .login, .stopped, .other: false
    }
  }

  public var description: String { "\(code.rawValue): \(detail)" }
}
