internal import JSON

/// Why a call could not be answered; it becomes a response in the plugin's own error shape.
public struct PluginError: Error, Sendable, Equatable {
  public enum Code: Sendable, Hashable {
    /// The body is not what its content type says.
    case unreadableBody
    case invalid
    case unauthorized
    case forbidden
    case notFound
    case methodNotAllowed
    case conflict
    case tooLarge
    case tooManyRequests
    /// Our own fault.
    case failure
    /// A service that is needed does not answer; trying again may help.
    case unavailable
    /// The handler took longer than it may.
    case timeout
  }

  public let code: Code
  /// For the client: never with SQL, paths or other people's data.
  public let message: String
  public let retryAfterSeconds: Int?

  public init(_ code: Code, _ message: String, retryAfterSeconds: Int? = nil) {
    self.code = code
    self.message = message
    self.retryAfterSeconds = retryAfterSeconds
  }

  public static func invalid(_ message: String) -> PluginError { PluginError(.invalid, message) }
  public static func notFound(_ message: String) -> PluginError { PluginError(.notFound, message) }
  public static func forbidden(_ message: String) -> PluginError {
    PluginError(.forbidden, message)
  }

  /// The refusal of a provisional account, which logging in again would not help.
  package static let provisional = PluginError(
    .forbidden, "this account is limited until the staff confirms it")

  /// The refusal of a call for programs that brings nothing to judge.
  package static let keyNeeded = PluginError(
    .unauthorized, "a key is needed: Authorization: Bearer KEY")

  /// The status that fits where a system has no shape of its own.
  public var status: Int {
    switch code {
    case .unreadableBody, .invalid: 400
    case .unauthorized: 401
    case .forbidden: 403
    case .notFound: 404
    case .methodNotAllowed: 405
    case .conflict: 409
    case .tooLarge: 413
    case .tooManyRequests: 429
    case .failure: 500
    case .unavailable: 503
    case .timeout: 504
    }
  }
}

/// Turns an error into the answer that a documented system's clients expect.
public typealias ErrorShape = @Sendable (_ error: PluginError, _ request: Request) -> Response

extension PluginError {
  /// The hub's own shape: `{"error":"not_found","message":"…"}` with the fitting status.
  public static let defaultShape: ErrorShape = { error, _ in
    .json(
      ["error": .string(error.name), "message": .string(error.message)], status: error.status)
  }

  static let defaultSchema = Schema.named(
    "Failure", .object([.init("error", .string), .init("message", .string)]))

  var name: String {
    switch code {
    case .unreadableBody: "unreadable_body"
    case .invalid: "invalid"
    case .unauthorized: "unauthorized"
    case .forbidden: "forbidden"
    case .notFound: "not_found"
    case .methodNotAllowed: "method_not_allowed"
    case .conflict: "conflict"
    case .tooLarge: "too_large"
    case .tooManyRequests: "too_many_requests"
    case .failure: "failure"
    case .unavailable: "unavailable"
    case .timeout: "timeout"
    }
  }
}
