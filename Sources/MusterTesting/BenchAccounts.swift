internal import Crypto
public import PluginKit
public import Storage
internal import UnicodeText

/// Accounts in memory with the rules of the real ones, but without slow hashes.
public actor BenchAccounts: Accounts {
  private var accounts: [Int64: Account] = [:]
  private var passwords: [Int64: String] = [:]
  private var tokens: [String: Int64] = [:]
  private var purposes: [String: String] = [:]
  private var nextID: Int64 = 1
  private var issued = 0
  private var tokenFailure: (any Error)?
  private var issueFailure: (purpose: String, error: any Error)?
  /// How long each token was issued for.
  public private(set) var lives: [String: TokenLife] = [:]
  /// How many passwords were looked at.
  public private(set) var logins = 0
  /// Look-ups of tokens that wait, while they are held.
  private var held: [CheckedContinuation<Void, Never>]?

  /// The rules for registrations; tests take short passwords.
  public var registration = RegistrationRules(passwordLength: 1)

  public init() {}

  public func apply(_ rules: RegistrationRules) { registration = rules }

  public func account(_ id: Int64) async throws -> Account? { accounts[id] }

  public func accounts(_ ids: Set<Int64>) async throws -> [Int64: Account] {
    accounts.filter { ids.contains($0.key) }
  }

  public func find(_ name: LoginName) async throws -> Account? {
    if case .any(let text) = name { return owner(of: text) }
    return accounts.values.sorted { $0.id < $1.id }.first { account in
      switch name {
      case .login(let login): account.login == login
      case .profile(let kind, let value): account.profiles[kind] == value
      case .email(let email): account.email == email
      case .any: false
      }
    }
  }

  /// The account that one of its identifiers names.
  private func owner(of text: String) -> Account? {
    let form = ComparisonForm(text)
    return accounts.values.first { account in
      let texts = [account.login] + [account.email].compactMap(\.self) + account.profiles.values
      return texts.contains { ComparisonForm($0) == form }
    }
  }

  public func list(after: Int64, limit: Int, matching: String?) async throws -> [Account] {
    let wanted = (matching ?? "").lowercased()
    let found = accounts.values.sorted { $0.id < $1.id }.filter { account in
      let texts = [account.login, account.name] + account.profiles.values
      return account.id > after
        && (wanted.isEmpty || texts.contains { $0.lowercased().contains(wanted) })
    }
    return Array(found.prefix(limit))
  }

  @discardableResult
  public func create(_ new: NewAccount) async throws -> Account {
    if owner(of: new.login) != nil { throw AccountError(.loginTaken, new.login) }
    if let email = new.email, owner(of: email) != nil { throw AccountError(.emailTaken, email) }
    for value in new.profiles.values where owner(of: value) != nil {
      throw AccountError(.profileTaken, value)
    }
    let account = Account(
      id: nextID, login: new.login, name: new.name, avatar: new.avatar, email: new.email,
      roles: new.roles, isActive: new.isActive, profiles: new.profiles)
    nextID += 1
    accounts[account.id] = account
    passwords[account.id] = new.password
    return account
  }

  public func checkRegistration(_ account: NewAccount, from peer: Peer) async throws {
    try registration.check(peer)
    try registration.check(password: account.password ?? "")
    guard account.hasProvenNumber || account.profiles[.studentNumber] == nil else {
      throw AccountError(.invalid, "student_number is given by the staff")
    }
    let names = [ComparisonForm(account.login), ComparisonForm(account.name)]
    if accounts.values.contains(where: { names.contains(ComparisonForm($0.name)) }) {
      throw AccountError(.nameTaken, account.name)
    }
  }

  @discardableResult
  public func register(_ account: NewAccount, from peer: Peer) async throws -> Account {
    try await checkRegistration(account, from: peer)
    var account = account
    account.roles.formIntersection(.student)
    let made = try await create(account)
    accounts[made.id]?.isSelfMade = made.profiles[.studentNumber] == nil
    return accounts[made.id] ?? made
  }

  @discardableResult
  public func change(
    _ account: Int64, _ body: @Sendable (inout Account) throws -> Void
  ) async throws -> Account {
    guard var changed = accounts[account] else { throw AccountError(.unknown, "\(account)") }
    try body(&changed)
    if let email = changed.email, let other = owner(of: email), other.id != account {
      throw AccountError(.emailTaken, email)
    }
    changed.isSelfMade = changed.isProvisional
    accounts[account] = changed
    return changed
  }

  /// A bad change of the account is refused before the tables are changed.
  @discardableResult
  public func change(
    _ account: Int64, in store: any Store,
    alongside work: @escaping @Sendable (Transaction) throws -> Void,
    _ body: @Sendable (inout Account) throws -> Void
  ) async throws -> Account {
    let before = accounts[account]
    let changed = try await change(account, body)
    do { try await store.write(work) } catch {
      accounts[account] = before
      throw error
    }
    return changed
  }

  public func update(_ account: Account) async throws {
    try await change(account.id) { $0 = account }
  }

  public func delete(_ account: Int64) async throws {
    guard accounts.removeValue(forKey: account) != nil else {
      throw AccountError(.unknown, "\(account)")
    }
    try await revokeTokens(of: account)
  }

  public func setPassword(_ password: String, of account: Int64) async throws {
    passwords[account] = password
    try await revokeTokens(of: account)
  }

  public func logIn(_ name: LoginName, password: String, from peer: Peer) async throws
    -> LoginOutcome
  {
    logins += 1
    guard let account = try await find(name) else { return .unknown }
    guard passwords[account.id] == password else { return .wrongPassword }
    return account.isActive ? .success(account) : .disabled
  }

  public func issueToken(
    for account: Int64, at version: Int64?, purpose: String, life: TokenLife,
    spelling: TokenSpelling
  ) async throws -> IssuedToken {
    if let issueFailure, issueFailure.purpose == purpose { throw issueFailure.error }
    issued += 1
    let text = text(of: issued, purpose, spelling)
    let isNew = !tokens.contains { $0.value == account && purposes[$0.key] == purpose }
    tokens[text] = account
    purposes[text] = purpose
    lives[text] = life
    return IssuedToken(text: text, expiresAt: .max, isNew: isNew)
  }

  private func text(of number: Int, _ purpose: String, _ spelling: TokenSpelling) -> String {
    guard spelling == .hexadecimal else { return "\(purpose)-token-\(number)" }
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, 40 - digits.utf8.count)) + digits
  }

  /// From now on no token can be looked up, as if the database were away; nil ends that.
  public func failTokens(with error: (any Error)?) { tokenFailure = error }

  /// From now on no token is issued for this purpose; nil ends that.
  public func failIssuing(for purpose: String, with error: (any Error)?) {
    issueFailure = error.map { (purpose, $0) }
  }

  /// From now on look-ups of tokens wait, as those of a slow database, with an answer that may be
  /// out of date when it is given.
  public func holdTokens() { held = held ?? [] }

  /// How many look-ups wait.
  public var heldTokens: Int { held?.count ?? 0 }

  /// Lets those that wait go on; later ones do not wait any more.
  public func releaseTokens() {
    let waiting = held ?? []
    held = nil
    for look in waiting { look.resume() }
  }

  public func identity(token: String) async throws -> Identity? {
    if let tokenFailure { throw tokenFailure }
    let found = tokens[token].flatMap { accounts[$0] }?.identity
    if held != nil { await withCheckedContinuation { held?.append($0) } }
    return found
  }

  public func revoke(token: String) async throws { tokens[token] = nil }

  public func revoke(digest: [UInt8]) async throws -> Bool {
    guard let token = tokens.keys.first(where: { tokenHash($0) == digest }) else { return false }
    tokens[token] = nil
    return true
  }

  public func revokeTokens(of account: Int64) async throws {
    tokens = tokens.filter { $0.value != account }
  }
}
