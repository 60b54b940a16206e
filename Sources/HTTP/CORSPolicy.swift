internal import Bytes

/// Which other origins may call, and what they may send and read.
public struct CORSPolicy: Sendable {
  public enum Origins: Sendable {
    case none
    case listed(Set<Origin>)
    /// Every origin, but never with cookies: any page anywhere could act for whoever reads it.
    case any
  }

  public var origins: Origins
  /// Request fields that a page may send beyond the safelisted ones.
  public var requestHeaders = ["Authorization", "Content-Type"]
  /// Response fields that a page may read beyond the safelisted ones.
  public var exposedHeaders: [String] = []
  /// Whether cookies may come along from listed origins.
  public var allowsCredentials = false
  /// Seconds for which a browser may remember a preflight.
  public var maxAge = 3600

  public init(_ origins: Origins) { self.origins = origins }

  public func allows(_ origin: Origin) -> Bool {
    switch origins {
    case .none: false
    case .listed(let allowed): allowed.contains(origin)
    case .any: true
    }
  }

  /// Whether the request is a browser's question before the request it really wants to make.
  public static func isPreflight(_ head: RequestHead) -> Bool {
    head.method == .options && head.headers.contains(.origin)
      && head.headers.contains(.accessControlRequestMethod)
  }

  /// Adds what the answer to any request needs; an origin that is not allowed gets nothing, and
  /// its browser does the rest. `Vary` keeps caches from giving one origin's answer to another.
  ///
  /// - Parameter methods: what the path takes, for browsers that ask beforehand.
  public func append(
    to headers: inout Headers, for head: RequestHead, _ methods: MethodSet
  ) throws(HTTPError) {
    switch origins {
    case .none: return
    case .any:
      guard head.headers.contains(.origin) else { return }
      try headers.append(.accessControlAllowOrigin, "*")
    case .listed(let allowed):
      try headers.append(.vary, "Origin")
      guard let origin = Origin(head.headers), allowed.contains(origin) else { return }
      try headers.append(.accessControlAllowOrigin, origin.description)
      if allowsCredentials { try headers.append(.accessControlAllowCredentials, "true") }
    }
    if CORSPolicy.isPreflight(head) {
      try appendPreflight(to: &headers, methods)
    } else if !exposedHeaders.isEmpty {
      try headers.append(
        .accessControlExposeHeaders, exposedHeaders.joined(separator: ", "))
    }
  }

  private func appendPreflight(
    to headers: inout Headers, _ methods: MethodSet
  ) throws(HTTPError) {
    try headers.append(.accessControlAllowMethods, methods.description)
    if !requestHeaders.isEmpty {
      try headers.append(.accessControlAllowHeaders, requestHeaders.joined(separator: ", "))
    }
    try headers.append(.accessControlMaxAge, decimal: maxAge)
  }
}

extension HeaderName {
  static var accessControlAllowCredentials: HeaderName { "Access-Control-Allow-Credentials" }
  static var accessControlAllowHeaders: HeaderName { "Access-Control-Allow-Headers" }
  static var accessControlAllowMethods: HeaderName { "Access-Control-Allow-Methods" }
  static var accessControlAllowOrigin: HeaderName { "Access-Control-Allow-Origin" }
  static var accessControlExposeHeaders: HeaderName { "Access-Control-Expose-Headers" }
  static var accessControlMaxAge: HeaderName { "Access-Control-Max-Age" }
  static var accessControlRequestMethod: HeaderName { "Access-Control-Request-Method" }
}
