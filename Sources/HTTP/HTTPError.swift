/// Why a message was refused: always the peer's fault, and what it may be told about it.
public struct HTTPError: Error, Equatable, Sendable {
  public let code: Code

  public init(_ code: Code) { self.code = code }

  /// The status to answer with, if an answer can be given at all.
  public var status: Status { code.status }
  /// A short reason for the log and for the peer; it never repeats what the peer sent.
  public var reason: String { code.rawValue }

  /// A closed list, so that it can label a counter.
  public enum Code: String, Sendable, CaseIterable {
    case malformedRequestLine = "malformed request line"
    case malformedStatusLine = "malformed status line"
    case malformedHeader = "malformed header line"
    case malformedTarget = "malformed request target"
    case malformedHost = "missing, repeated or malformed Host"
    case malformedChunk = "malformed chunk"
    case malformedEncoding = "malformed percent-encoding or UTF-8"
    case malformedField = "malformed header value"
    case malformedMultipart = "malformed multipart body"
    case pathEscapes = "path leaves its root"
    case bareLineEnd = "line end is not CR LF"
    case ambiguousLength = "contradictory or malformed body length"
    case unsafeHeader = "header name or value cannot be sent"
    case requestLineTooLong = "request line too long"
    case headersTooLarge = "headers too large"
    case bodyTooLarge = "body too large"
    case tooManyFields = "too many fields"
    case unsupportedTransferEncoding = "transfer encoding not implemented"
    case unsupportedVersion = "HTTP version not supported"
    case unmetExpectation = "expectation cannot be met"
    case truncated = "message ended early"
  }
}

extension HTTPError.Code {
  var status: Status {
    switch self {
    case .requestLineTooLong: .uriTooLong
    case .headersTooLarge: .requestHeaderFieldsTooLarge
    case .bodyTooLarge, .tooManyFields: .contentTooLarge
    case .unsupportedTransferEncoding: .notImplemented
    case .unsupportedVersion: .httpVersionNotSupported
    case .unmetExpectation: .expectationFailed
    case .unsafeHeader: .internalServerError
    case .malformedRequestLine, .malformedStatusLine, .malformedHeader, .malformedTarget,
      .malformedHost, .malformedChunk, .malformedEncoding, .malformedField, .malformedMultipart,
      .pathEscapes, .bareLineEnd, .ambiguousLength, .truncated:
      .badRequest
    }
  }
}
