public import Storage

/// One account per person, with the names under which the documented systems know that person.
public struct Account: Sendable, Hashable {
  public let id: Int64
  public var login: String
  public var name: String
  public var avatar: String
  public var email: String?
  public var roles: Roles
  public var isActive: Bool
  public var profiles: [ProfileKind: String]
  /// Its holder made it, and the staff has not confirmed it yet.
  public var isSelfMade: Bool
  /// Counts what ends all tokens, such as a new password. A token is issued only while it is still
  /// that of the account as its password was checked.
  public let credentialVersion: Int64

  public init(
    id: Int64, login: String, name: String, avatar: String = "", email: String? = nil,
    roles: Roles, isActive: Bool = true, profiles: [ProfileKind: String] = [:],
    isSelfMade: Bool = false, credentialVersion: Int64 = 0
  ) {
    self.id = id
    self.login = login
    self.name = name
    self.avatar = avatar
    self.email = email
    self.roles = roles
    self.isActive = isActive
    self.profiles = profiles
    self.isSelfMade = isSelfMade
    self.credentialVersion = credentialVersion
  }

  /// True until the staff gives a self-made account a student number or a role of its own.
  public var isProvisional: Bool {
    isSelfMade && profiles[.studentNumber] == nil && roles.subtracting(.student).isEmpty
  }

  public var identity: Identity {
    Identity(
      account: id, name: name, avatar: avatar, roles: roles, profiles: profiles,
      isProvisional: isProvisional, credentialVersion: credentialVersion)
  }
}

/// An account that is to be made. Without a password nobody can log in to it yet.
public struct NewAccount: Sendable {
  public var login: String
  public var name: String
  public var avatar = ""
  public var email: String?
  public var password: String?
  public var roles: Roles
  public var isActive = true
  public var profiles: [ProfileKind: String] = [:]
  /// The holder has proved the student number, at the college for one. Without that a registration
  /// cannot bring a number.
  public var hasProvenNumber = false

  public init(login: String, name: String, password: String? = nil, roles: Roles) {
    self.login = login
    self.name = name
    self.password = password
    self.roles = roles
  }
}

/// The outcome of a login.
public enum LoginOutcome: Sendable, Equatable {
  case success(Account)
  case unknown
  case wrongPassword
  case disabled
  /// Too many failures for this account or from this address.
  case throttled(retryAfterSeconds: Int)
}

/// How an account can be named at a login.
public enum LoginName: Sendable, Hashable {
  case login(String)
  case profile(ProfileKind, String)
  case email(String)
  /// Login, any profile or e-mail: a text names one account at most, whatever its case or width.
  case any(String)
}

/// How long a token lives.
public enum TokenLife: Sendable, Hashable {
  case fixed(seconds: Int)
  /// Starts anew with each use.
  case sliding(seconds: Int)
}

/// How the text of a new token is written.
public enum TokenSpelling: Sendable, Hashable {
  /// 43 characters.
  case base64
  /// 40 lower-case digits, for systems whose document says so.
  case hexadecimal
}

public struct IssuedToken: Sendable, Equatable {
  public let text: String
  public let expiresAt: Int64
  /// False when an unexpired token was prolonged instead.
  public let isNew: Bool

  public init(text: String, expiresAt: Int64, isNew: Bool = true) {
    self.text = text
    self.expiresAt = expiresAt
    self.isNew = isNew
  }
}

/// The accounts, their passwords (hashed, slow on purpose, off the loops) and their tokens.
public protocol Accounts: Sendable {
  func account(_ id: Int64) async throws -> Account?
  /// The accounts of these ids. An id without an account has no entry.
  func accounts(_ ids: Set<Int64>) async throws -> [Int64: Account]
  func find(_ name: LoginName) async throws -> Account?
  /// Accounts in the order of their ids, after the one with id `after`. `matching` is looked for
  /// in logins, names and profiles; case does not count.
  func list(after: Int64, limit: Int, matching: String?) async throws -> [Account]

  /// Throws `AccountError` when login, e-mail or a profile is an identifier of another account, of
  /// whatever kind.
  @discardableResult
  func create(_ account: NewAccount) async throws -> Account
  /// Throws what `register` would throw for this account and peer, before anyone else is asked.
  func checkRegistration(_ account: NewAccount, from peer: Peer) async throws
  /// Makes an account that its holder asks for, if the server's `RegistrationRules` let this peer.
  ///
  /// It is provisional until the staff confirms it, unless it brings a proven student number. A staff
  /// name is refused, and of the roles only `student` is kept. Throws `AccountError`.
  @discardableResult
  func register(_ account: NewAccount, from peer: Peer) async throws -> Account
  /// Changes an account in one unit of work, and returns it as it is then. What another unit has
  /// changed meanwhile stays. Throws `AccountError`.
  @discardableResult
  func change(
    _ account: Int64, _ body: @escaping @Sendable (inout Account) throws -> Void
  ) async throws -> Account
  /// Changes an account together with the plugin's own tables in `store`: both are stored, or neither.
  @discardableResult
  func change(
    _ account: Int64, in store: any Store,
    alongside work: @escaping @Sendable (Transaction) throws -> Void,
    _ body: @escaping @Sendable (inout Account) throws -> Void
  ) async throws -> Account
  func setPassword(_ password: String, of account: Int64) async throws

  /// Checks a password; failures are counted per account and per address and slow each other.
  func logIn(_ name: LoginName, password: String, from peer: Peer) async throws
    -> LoginOutcome

  /// A new opaque token. `purpose` names the system it was issued for.
  ///
  /// - Parameter version: the account's `credentialVersion` when its holder was recognised, or nil
  ///   where nobody has to be. Throws a 401 if it is another one by now.
  func issueToken(
    for account: Int64, at version: Int64?, purpose: String, life: TokenLife,
    spelling: TokenSpelling
  ) async throws -> IssuedToken
  /// The holder of this token, if it is good; prolongs a sliding one.
  func identity(token: String) async throws -> Identity?
  /// Ends a token; its live connections are closed within a second.
  func revoke(token: String) async throws
  /// Ends the token with this digest, as `tokenHash` makes it. True if there was one.
  @discardableResult
  func revoke(digest: [UInt8]) async throws -> Bool
  /// Ends all tokens of an account.
  func revokeTokens(of account: Int64) async throws
}

extension Accounts {
  public func issueToken(for account: Int64, at version: Int64?, purpose: String, life: TokenLife)
    async throws -> IssuedToken
  {
    try await issueToken(
      for: account, at: version, purpose: purpose, life: life, spelling: .base64)
  }

  /// A token for the holder of a password that was just checked.
  public func issueToken(for account: Account, purpose: String, life: TokenLife) async throws
    -> IssuedToken
  {
    try await issueToken(
      for: account.id, at: account.credentialVersion, purpose: purpose, life: life)
  }

  /// A token for whoever an operator names: no password was checked.
  public func issueToken(for account: Int64, purpose: String, life: TokenLife) async throws
    -> IssuedToken
  {
    try await issueToken(for: account, at: nil, purpose: purpose, life: life)
  }
}

public struct AccountError: Error, Equatable {
  public enum Code: Sendable, Equatable {
    case loginTaken, emailTaken, profileTaken, invalid, unknown
    /// A registration would go by the name or an identifier of another account.
    case nameTaken
    /// This peer may not register.
    case registrationClosed
    case passwordTooShort
    /// The password stands in a public document.
    case publicPassword
  }
  public let code: Code
  public let detail: String

  public init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }
}
