internal import COpenSSL
internal import Glibc

/// Why a TLS connection, context or certificate is not usable, in words for a log line.
public struct TLSError: Error, Equatable, CustomStringConvertible {
  public enum Code: Sendable, Equatable {
    /// OpenSSL refused a setting or had no memory.
    case context
    /// A certificate or key file is missing, unreadable, expired or does not fit its partner.
    case certificate
    /// The first bytes are a request in plain HTTP; a readable 400 in plain text may answer it.
    case plainHTTP
    /// The handshake failed: nonsense, or nothing both sides can do.
    case handshake
    /// The peer's certificate was not accepted.
    case untrusted
    /// A record was forged, damaged or out of order.
    case badRecord
    /// The peer broke the protocol after the handshake.
    case protocolViolation
    /// The peer gave up with a fatal alert.
    case peerAlert
    /// Something was to be sent before the handshake was done.
    case notEstablished
    /// The connection was used after it had failed or had been closed.
    case closed
  }

  public let code: Code
  public let detail: String

  public init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }

  public var description: String { "TLS \(code): \(detail)" }
}

extension TLSError {
  /// Takes what this thread's OpenSSL error queue says and leaves the queue empty: a stale entry
  /// would turn another connection's "more bytes, please" into a fatal error.
  static func taken(_ fallback: Code, _ what: String = "") -> TLSError {
    let first = ERR_get_error()
    var code = code(of: first)
    while code == nil, case let next = ERR_get_error(), next != 0 { code = self.code(of: next) }
    ERR_clear_error()
    guard first != 0 else { return TLSError(fallback, what.isEmpty ? "no reason given" : what) }
    let text = reason(of: first)
    return TLSError(code ?? fallback, what.isEmpty ? text : "\(what): \(text)")
  }

  private static func reason(of error: UInt) -> String {
    if let words = unsafe ERR_reason_error_string(error) { return unsafe String(cString: words) }
    // A refusal of the system has no message of OpenSSL's own.
    return unsafe String(cString: strerror(ERR_GET_REASON(error)))
  }

  private static func code(of error: UInt) -> Code? {
    guard ERR_GET_LIB(error) == ERR_LIB_SSL else { return nil }
    let reason = ERR_GET_REASON(error)
    switch reason {
    case SSL_R_HTTP_REQUEST: return .plainHTTP
    case SSL_R_CERTIFICATE_VERIFY_FAILED: return .untrusted
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC: return .badRecord
    default: return reason > SSL_AD_REASON_OFFSET ? .peerAlert : nil
    }
  }
}
