internal import HTTP
package import PluginKit

// The tokens that a request carries.
extension Request {
  /// Every token in its head: whichever of them named the user, its end is noticed.
  package var tokens: [String] {
    [headers["token"], authorizationToken, basicToken, cookies["token"]].compactMap { $0 }
      .filter { !$0.isEmpty }
  }

  /// Whether it carries credentials that no browser adds by itself.
  package var hasOwnToken: Bool {
    if headers["token"]?.isEmpty == false { return true }
    return headers["authorization"] != nil && !hasSavedCredentials
  }

  /// Whether its authorization is of a scheme whose credentials browsers keep and add by themselves.
  package var hasSavedCredentials: Bool {
    headers.values("authorization").contains { value in
      let scheme = value.utf8.prefix { $0 != UInt8(ascii: " ") }
      return ["basic", "digest", "negotiate", "ntlm"].contains(Substring(scheme).lowercased())
    }
  }

  /// The token in its head, if it is there in one of the ways that a script has to write itself; a
  /// cookie comes along by itself, whoever's page it is.
  package var token: String? {
    if let token = headers["token"], !token.isEmpty { return token }
    return authorizationToken
  }

  /// A token as the user name of HTTP Basic, with an empty password.
  private var basicToken: String? {
    guard let header = headers["authorization"], let given = Authorization(header),
      given.scheme == "basic", let (user, password) = given.basic, password.isEmpty
    else { return nil }
    return user
  }

  private var authorizationToken: String? {
    let parts = headers["authorization"]?.split(separator: " ", maxSplits: 1) ?? []
    guard parts.count == 2, ["bearer", "token"].contains(parts[0].lowercased()) else { return nil }
    return String(parts[1])
  }
}
