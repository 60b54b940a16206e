internal import HTTP
internal import PluginKit

/// The credentials of HTTP Basic: a name with a password, or a token with an empty password.
enum BasicCredentials {
  case password(user: String, String)
  case token(String)

  /// Nil without Basic authorization; throws a 401 if it cannot be read or names no user.
  init?(_ request: Request) throws {
    guard let header = request.headers["authorization"], let given = Authorization(header),
      given.scheme == "basic"
    else { return nil }
    guard let (user, password) = given.basic, !user.isEmpty else {
      throw PluginError.wrongCredentials
    }
    self = password.isEmpty ? .token(user) : .password(user: user, password)
  }

  static func authenticator(_ logins: BasicLogins) -> Authenticator {
    var basic = Authenticator("studyBasic", .http("basic")) { request, accounts in
      switch try BasicCredentials(request) {
      case nil: return nil
      case .password(let user, let password):
        return try await logins.identity(user, password, from: request.peer)
      case .token(let token):
        guard let identity = try await accounts.identity(token: token) else {
          throw PluginError.wrongCredentials
        }
        return identity
      }
    }
    basic.opensSockets = true
    return basic
  }
}
