internal import Bytes
internal import PluginKit

/// The login token as a request carries it: header, cookie, then the field of a form.
enum LoginToken {
  static let field = "__token"

  /// The field counts in the body of a POST only, where no log sees it, and where neither header
  /// nor cookie came.
  static let parameter: Authenticator = {
    var form = Authenticator("formToken", .header("token")) { request, accounts in
      guard let token = fieldText(of: request), outerText(of: request) == nil else { return nil }
      guard let identity = try await accounts.identity(token: token) else {
        throw PluginError(.unauthorized, "the token is not valid any more")
      }
      return identity
    }
    form.readsForm = true
    return form
  }()

  /// The text that the client knows, which signs with it.
  static func text(of request: Request) -> String? {
    outerText(of: request) ?? fieldText(of: request)
  }

  private static func outerText(of request: Request) -> String? {
    if let header = request.headers["authorization"] {
      let parts = header.split(separator: " ", maxSplits: 1)
      if parts.count == 2, ["bearer", "token"].contains(parts[0].lowercased()) {
        return String(parts[1])
      }
    }
    guard let token = request.headers["token"] ?? request.cookies["token"], !token.isEmpty else {
      return nil
    }
    return token
  }

  private static func fieldText(of request: Request) -> String? {
    guard request.method == .post, case .form(let fields, _) = request.body,
      let token = fields[field], !token.isEmpty
    else { return nil }
    return token
  }

  /// The 64 characters that the document promises. The accounts take both spellings.
  static func spelled(_ token: String) -> String {
    Base64.url.decode(token).flatMap { $0.count == 32 ? Hex.encode($0) : nil } ?? token
  }
}
