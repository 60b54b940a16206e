/// One file of the binary's own web pages, ready to be sent.
///
/// The files lie in `Pages/` and become part of the program when it is built; nothing is read at run time.
public struct WebPage: Sendable, Equatable {
  /// The path it is served at: `/chat`, `/sdk/muster.js`, `/assets/muster.4be21….css`.
  public let path: String
  public let bytes: [UInt8]
  public let contentType: String
  /// Strong, with its quotes: equal exactly if the bytes are.
  public let entityTag: String
  /// The value of `Cache-Control`.
  public let cacheControl: String
}

extension WebPage: CustomStringConvertible {
  /// The path: the bytes would fill a screen.
  public var description: String { path }
}

extension WebPage {
  /// Scripts, styles and connections from this server alone, nothing inline, no frame around us.
  public static let contentSecurityPolicy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
    "font-src 'self'", "media-src 'self' blob:", "connect-src 'self'", "manifest-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
  ].joined(separator: "; ")

  /// The header fields of every page, besides its type, its tag, its cache policy, and what the hub
  /// says of every answer.
  public static let headers: [(name: String, value: String)] = [
    ("Content-Security-Policy", contentSecurityPolicy),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), fullscreen=(self), geolocation=(), microphone=()"),
  ]
}
