internal import PluginKit

/// Why a token does not name a caller, in the documented words.
enum TokenRefusal: String, CaseIterable {
  case missing = "身份认证信息未提供。"
  case unknown = "认证令牌无效。"
  case expired = "Token has expired."
  case inactive = "用户未激活或者已删除。"
  case noToken = "没有提供认证信息（认证令牌HTTP头无效）。"
  case blanks = "认证令牌字符串不应该包含空格（无效的认证令牌HTTP头）。"

  var error: PluginError { PluginError(.unauthorized, rawValue) }
}

/// The documented header `Authorization: Token …`.
enum TokenCredentials {
  static func authenticator(_ tokens: TokenStore) -> Authenticator {
    var token = Authenticator("campusToken", .http("token")) { request, accounts in
      guard let text = try text(of: request) else { return nil }
      if let identity = try await accounts.identity(token: text) { return identity }
      throw try await tokens.refusal(of: text, accounts).error
    }
    token.opensSockets = true
    return token
  }

  /// Nil for another scheme or none; throws a 401 for a header that cannot be read.
  static func text(of request: Request) throws -> String? {
    guard let header = request.headers["authorization"] else { return nil }
    let parts = header.split { $0 == " " || $0 == "\t" }
    guard let scheme = parts.first, scheme.lowercased() == "token" else { return nil }
    switch parts.count {
    case 1: throw TokenRefusal.noToken.error
    case 2: return String(parts[1])
    default: throw TokenRefusal.blanks.error
    }
  }
}
