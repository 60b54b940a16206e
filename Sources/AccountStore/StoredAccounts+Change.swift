public import PluginKit
internal import Primitives
public import Storage
internal import UnicodeText

extension StoredAccounts {
  @discardableResult
  public func create(_ account: NewAccount) async throws -> Account {
    if let password = account.password { try rules.check(password: password) }
    return try await make(account)
  }

  public func checkRegistration(_ account: NewAccount, from peer: Peer) async throws {
    try checkRules(account, from: peer)
    try AccountRules.check(account)
    let isSelfMade = account.profiles[.studentNumber] == nil
    try await store.read { try $0.requireFree(account, isSelfMade: isSelfMade) }
  }

  private func checkRules(_ account: NewAccount, from peer: Peer) throws {
    try rules.check(peer)
    try AccountRules.checkSelfMade(account)
    if let password = account.password { try rules.check(password: password) }
  }

  @discardableResult
  public func register(_ account: NewAccount, from peer: Peer) async throws -> Account {
    try checkRules(account, from: peer)
    var account = account
    account.roles.formIntersection(.student)
    let isProvisional = account.profiles[.studentNumber] == nil
    let made = try await make(account, isSelfMade: isProvisional, for: peer)
    options.log.info(
      "an account was registered",
      ["account": "\(made.id)", "login": made.login, "from": peer.address])
    return made
  }

  /// An account of the example data, whose passwords may be short.
  public func seed(_ account: NewAccount) async throws {
    try await make(account)
  }

  /// The rules in force.
  public var rules: RegistrationRules { registration.withLock { $0 } }

  @discardableResult
  private func make(
    _ account: NewAccount, isSelfMade: Bool = false, for registrant: Peer? = nil
  ) async throws -> Account {
    try AccountRules.check(account)
    if let password = account.password { try check(password: password, of: account.login) }
    // Checked first: the hash is the expensive part of a registration.
    try await store.read { try $0.requireFree(account, isSelfMade: isSelfMade) }
    let hash = try await hash(account.password, for: registrant)
    let now = clock.now
    return try await translatingTaken {
      try await store.write { tx in
        if isSelfMade { try tx.requireOwnName(account) }
        let id = try tx.insert(account, passwordHash: hash, isSelfMade: isSelfMade, at: now)
        guard let made = try tx.account(id) else { throw AccountError(.unknown, "\(id)") }
        return made
      }
    }
  }

  private func hash(_ password: String?, for registrant: Peer?) async throws -> String? {
    guard let password else { return nil }
    guard let registrant else { return try await hasher.hash(password, for: nil) }
    let client = counts(registrant) ? registrant.client : nil
    return try await registrationHasher.hash(password, for: client)
  }

  /// A self-made account that is given a student number or a role is confirmed by that, and stays
  /// confirmed. Changed roles and profiles are reported to live connections; a disabled account loses
  /// its tokens.
  @discardableResult
  public func change(
    _ account: Int64, _ body: @escaping @Sendable (inout Account) throws -> Void
  ) async throws -> Account {
    try await change(account, in: store, alongside: { _ in }, body)
  }

  /// The plugin's tables are in the database of the accounts.
  @discardableResult
  public func change(
    _ account: Int64, in store: any Store,
    alongside work: @escaping @Sendable (Transaction) throws -> Void,
    _ body: @escaping @Sendable (inout Account) throws -> Void
  ) async throws -> Account {
    let now = clock.now
    let known = options.publicPasswords
    let (changed, revocation) = try await translatingTaken {
      try await comparingPublicPasswords {
        try await store.write { tx in
          try work(tx)
          return try tx.change(account, known, at: now, body)
        }
      }
    }
    cache.withLock { $0.remove(account: account) }
    if let (revocation, row) = revocation { board.tell([(revocation, row: row)], at: now) }
    return changed
  }

  /// Stores everything but the id, whatever it was before.
  public func update(_ account: Account) async throws {
    try await change(account.id) { $0 = account }
  }

  public func setPassword(_ password: String, of account: Int64) async throws {
    try AccountRules.check(password: password)
    try rules.check(password: password)
    if let login = try await self.account(account)?.login {
      try check(password: password, of: login)
    }
    let hash = try await hasher.hash(password, for: nil)
    try await endTokens(of: account) { tx in
      let changed = try tx.execute(
        "UPDATE accounts SET password = ?, has_public_password = NULL WHERE id = ?", hash, account)
      guard changed == 1 else {
        throw AccountError(.unknown, "there is no account \(account)")
      }
    }
    throttle.withLock { $0.forget(account: StoredAccounts.throttleKey(account)) }
  }

  public func revokeTokens(of account: Int64) async throws {
    try await endTokens(of: account) { _ in }
  }

  /// Deletes an account for ever: its identifiers are free then, its number is never used again.
  public func delete(_ account: Int64) async throws {
    try await endTokens(of: account) { tx in
      guard try tx.execute("DELETE FROM accounts WHERE id = ?", account) == 1 else {
        throw AccountError(.unknown, "there is no account \(account)")
      }
    }
    throttle.withLock { $0.forget(account: StoredAccounts.throttleKey(account)) }
  }

  /// Ends all tokens of an account in the same unit of work as `change`, and its connections.
  private func endTokens(
    of account: Int64, _ change: @escaping @Sendable (Transaction) throws -> Void
  ) async throws {
    let now = clock.now
    let row = try await store.write { tx in
      try change(tx)
      try tx.deleteTokens(of: account)
      return try RevocationBoard.record(.account(account), at: now, in: tx)
    }
    board.tell([(.account(account), row: row)], at: now)
  }

  static func revocation(from before: Account, to after: Account) -> Revocation? {
    if before.isActive && !after.isActive { return .account(after.id) }
    let hasOtherRights =
      before.roles != after.roles || before.isProvisional != after.isProvisional
      || before.profiles.mapValues { Array($0.utf8) } != after.profiles.mapValues { Array($0.utf8) }
    return hasOtherRights ? .permissions(after.id) : nil
  }

  /// Throws the error for the name of an account that is taken.
  func translatingTaken<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch let error as StoreError where error.code == .unique {
      throw AccountError(taken: error)
    }
  }
}

extension AccountError {
  init(taken error: StoreError) {
    if error.columns.contains("login") {
      self.init(.loginTaken, "the login is taken")
    } else if error.columns.contains("email_key") {
      self.init(.emailTaken, "the e-mail address is another account's")
    } else {
      self.init(.profileTaken, "a profile is another account's")
    }
  }
}

extension Transaction {
  /// Locks an account against other units of work until this one ends. SQLite needs no lock, because
  /// it runs them one after another.
  func lock(_ account: Int64) throws {
    guard engine == .postgres else { return }
    _ = try first("SELECT id FROM accounts WHERE id = ? FOR UPDATE", account)
  }

  fileprivate func change(
    _ id: Int64, _ known: [String: String], at now: Int64, _ body: (inout Account) throws -> Void
  ) throws -> (Account, (Revocation, Int)?) {
    try lock(id)
    guard let before = try account(id) else {
      throw AccountError(.unknown, "there is no account \(id)")
    }
    var after = before
    try body(&after)
    // An account from before a rule can be locked all the same.
    if after.spelling != before.spelling { try AccountRules.check(after) }
    if after.isActive, !before.isActive { try requireOwnPassword(after, known) }
    try update(after, before: before)
    guard let revocation = StoredAccounts.revocation(from: before, to: after) else {
      return (try account(id) ?? after, nil)
    }
    if !after.isActive { try deleteTokens(of: id) }
    let row = try RevocationBoard.record(revocation, at: now, in: self)
    return (try account(id) ?? after, (revocation, row))
  }

  func insert(
    _ account: NewAccount, passwordHash: String?, isSelfMade: Bool = false, at now: Int64
  ) throws -> Int64 {
    let id = try insert(
      """
      INSERT INTO accounts
        (login, name, avatar, email, email_key, password, roles, is_active, created_at,
          is_self_made, name_form)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
      """, account.login, account.name, account.avatar, account.email,
      account.email?.lowercased(), passwordHash, Int(account.roles.rawValue), account.isActive,
      now, isSelfMade, ComparisonForm(account.name).text)
    try setProfiles(account.profiles, of: Int64(id))
    try reserve(account.identifiers, for: Int64(id), isSelfMade: isSelfMade)
    return Int64(id)
  }

  /// Throws if an account like this cannot be made because of another one.
  func requireFree(_ account: NewAccount, isSelfMade: Bool) throws {
    try requireFree(account.identifiers, isSelfMade: isSelfMade)
    if isSelfMade { try requireOwnName(account) }
  }

  func update(_ account: Account, before: Account) throws {
    try execute(
      """
      UPDATE accounts SET login = ?, name = ?, avatar = ?, email = ?, email_key = ?, roles = ?,
        is_active = ?, is_self_made = ?, name_form = ? WHERE id = ?
      """, account.login, account.name, account.avatar, account.email,
      account.email?.lowercased(), Int(account.roles.rawValue), account.isActive,
      account.isProvisional, ComparisonForm(account.name).text, account.id)
    try reserve(
      account.identifiers, insteadOf: before.identifiers, for: account.id,
      isSelfMade: account.isProvisional)
    guard before.spelling != account.spelling else { return }
    for kind in ProfileKind.allCases {
      try execute(
        "DELETE FROM account_profiles WHERE account = ? AND kind = ?", account.id, kind.rawValue)
    }
    try setProfiles(account.profiles, of: account.id)
  }

  /// Logins under way get no token either. The account is changed first, because their lock is on
  /// its row.
  func deleteTokens(of account: Int64) throws {
    try execute(
      "UPDATE accounts SET credential_version = credential_version + 1 WHERE id = ?", account)
    try execute("DELETE FROM account_tokens WHERE account = ?", account)
  }

  private func setProfiles(_ profiles: [ProfileKind: String], of account: Int64) throws {
    for (kind, value) in profiles {
      try execute(
        "INSERT INTO account_profiles (account, kind, value) VALUES (?, ?, ?)", account,
        kind.rawValue, value)
    }
  }
}
