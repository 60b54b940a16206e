public import JSON

/// The answer of a route.
public struct Response: Sendable {
  public enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// A file that is read piece by piece while it is sent; ranges are honoured.
    case file(path: String)
  }

  public var status: Int
  public var contentType: String?
  public var headers: [(name: String, value: String)]
  public var body: Body

  public init(
    status: Int, contentType: String? = nil, headers: [(name: String, value: String)] = [],
    body: Body = .none
  ) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
  }

  public static func json(_ value: JSONValue, status: Int = 200) -> Response {
    Response(
      status: status, contentType: "application/json; charset=utf-8",
      body: .bytes(value.encoded()))
  }

  public static func text(_ text: String, status: Int = 200) -> Response {
    Response(
      status: status, contentType: "text/plain; charset=utf-8", body: .bytes(Array(text.utf8)))
  }

  public static let noContent = Response(status: 204)

  /// Adds a header.
  public func with(_ name: String, _ value: String) -> Response {
    var copy = self
    copy.headers.append((name, value))
    return copy
  }

  /// Adds a cookie that scripts cannot read and that other sites cannot send along.
  public func settingCookie(_ name: String, _ value: String, maxAgeSeconds: Int? = nil) -> Response
  {
    let age = maxAgeSeconds.map { "; Max-Age=\($0)" } ?? ""
    return with("Set-Cookie", "\(name)=\(value); Path=/; Secure; HttpOnly; SameSite=Lax\(age)")
  }
}
