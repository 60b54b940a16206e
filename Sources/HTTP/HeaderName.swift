/// The name of a header as it is written in source code; compared without regard to case.
public struct HeaderName: Sendable, ExpressibleByStringLiteral {
  let text: StaticString

  /// The literal has to be a token of RFC 9110.
  public init(stringLiteral text: StaticString) { self.text = text }
}

extension HeaderName {
  public static var accept: HeaderName { "Accept" }
  public static var acceptEncoding: HeaderName { "Accept-Encoding" }
  public static var acceptLanguage: HeaderName { "Accept-Language" }
  public static var acceptRanges: HeaderName { "Accept-Ranges" }
  public static var allow: HeaderName { "Allow" }
  public static var authorization: HeaderName { "Authorization" }
  public static var cacheControl: HeaderName { "Cache-Control" }
  public static var connection: HeaderName { "Connection" }
  public static var contentDisposition: HeaderName { "Content-Disposition" }
  public static var contentEncoding: HeaderName { "Content-Encoding" }
  public static var contentLength: HeaderName { "Content-Length" }
  public static var contentRange: HeaderName { "Content-Range" }
  public static var contentSecurityPolicy: HeaderName { "Content-Security-Policy" }
  public static var contentType: HeaderName { "Content-Type" }
  public static var cookie: HeaderName { "Cookie" }
  public static var date: HeaderName { "Date" }
  public static var eTag: HeaderName { "ETag" }
  public static var expect: HeaderName { "Expect" }
  public static var host: HeaderName { "Host" }
  public static var ifMatch: HeaderName { "If-Match" }
  public static var ifModifiedSince: HeaderName { "If-Modified-Since" }
  public static var ifNoneMatch: HeaderName { "If-None-Match" }
  public static var ifRange: HeaderName { "If-Range" }
  public static var ifUnmodifiedSince: HeaderName { "If-Unmodified-Since" }
  public static var lastModified: HeaderName { "Last-Modified" }
  public static var location: HeaderName { "Location" }
  public static var origin: HeaderName { "Origin" }
  public static var range: HeaderName { "Range" }
  public static var referrerPolicy: HeaderName { "Referrer-Policy" }
  public static var retryAfter: HeaderName { "Retry-After" }
  public static var secWebSocketAccept: HeaderName { "Sec-WebSocket-Accept" }
  public static var secWebSocketExtensions: HeaderName { "Sec-WebSocket-Extensions" }
  public static var secWebSocketKey: HeaderName { "Sec-WebSocket-Key" }
  public static var secWebSocketProtocol: HeaderName { "Sec-WebSocket-Protocol" }
  public static var secWebSocketVersion: HeaderName { "Sec-WebSocket-Version" }
  public static var setCookie: HeaderName { "Set-Cookie" }
  public static var strictTransportSecurity: HeaderName { "Strict-Transport-Security" }
  public static var transferEncoding: HeaderName { "Transfer-Encoding" }
  public static var upgrade: HeaderName { "Upgrade" }
  public static var userAgent: HeaderName { "User-Agent" }
  public static var vary: HeaderName { "Vary" }
  public static var wwwAuthenticate: HeaderName { "WWW-Authenticate" }
  public static var xContentTypeOptions: HeaderName { "X-Content-Type-Options" }
  public static var xForwardedFor: HeaderName { "X-Forwarded-For" }
  public static var xForwardedHost: HeaderName { "X-Forwarded-Host" }
  public static var xForwardedProto: HeaderName { "X-Forwarded-Proto" }
}
