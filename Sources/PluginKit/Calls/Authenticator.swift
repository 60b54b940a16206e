/// One way in which a call or a socket says who it comes from.
///
/// Returns nil when the request carries nothing of its kind, so that the next way is tried; throws
/// `PluginError(.unauthorized, …)` when it carries something that is not good.
public struct Authenticator: Sendable {
  public typealias Identify =
    @Sendable (_ request: Request, _ accounts: any Accounts) async throws -> Identity?

  /// The name of its security scheme in the generated documents.
  public let name: String
  public let scheme: Scheme
  public let identify: Identify
  /// Whether it also identifies clients at the handshake of the hub's socket, `/ws`.
  public var opensSockets = false
  /// Whether it looks into the form in the body of a POST: then that form is taken in before it is
  /// known who calls.
  public var readsForm = false

  /// How the documents describe it.
  public enum Scheme: Sendable, Hashable {
    case http(String)
    case header(String)
    case cookie(String)
  }

  public init(_ name: String, _ scheme: Scheme, _ identify: @escaping Identify) {
    self.name = name
    self.scheme = scheme
    self.identify = identify
  }

  /// `Authorization: <scheme> <token>`, e.g. `Token` or `Bearer`.
  public static func authorization(_ scheme: String) -> Authenticator {
    Authenticator("\(scheme.lowercased())Token", .http(scheme.lowercased())) { request, accounts in
      guard let token = credentials(in: request, scheme: scheme) else { return nil }
      return try await known(token, accounts)
    }
  }

  /// A token in a header, a cookie or (in the body of a POST only) a parameter of that name.
  public static func field(_ name: String) -> Authenticator {
    Authenticator("\(name)Field", .header(name)) { request, accounts in
      let token = request.headers[name] ?? request.cookies[name]
      guard let token, !token.isEmpty else { return nil }
      return try await known(token, accounts)
    }
  }

  private static func credentials(in request: Request, scheme: String) -> String? {
    guard let header = request.headers["authorization"] else { return nil }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == scheme.lowercased() else { return nil }
    return String(parts[1])
  }

  private static func known(_ token: String, _ accounts: any Accounts) async throws -> Identity {
    guard let identity = try await accounts.identity(token: token) else {
      throw PluginError(.unauthorized, "the token is not valid any more")
    }
    return identity
  }
}
