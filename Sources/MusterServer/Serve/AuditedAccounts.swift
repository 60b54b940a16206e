internal import AccountStore
internal import PluginKit
internal import Storage

/// The accounts as plugins see them: registrations, failed logins and the staff's logins are recorded.
struct AuditedAccounts: Accounts {
  let accounts: StoredAccounts
  let audit: Audit

  func logIn(_ name: LoginName, password: String, from peer: Peer) async throws
    -> LoginOutcome
  {
    let outcome = try await accounts.logIn(name, password: password, from: peer)
    let address = peer.address
    switch outcome {
    case .success(let account):
      guard !account.roles.isDisjoint(with: [.staff, .admin]) else { break }
      audit.record(AuditEvent("login", by: account.auditName, from: address))
    case .unknown: try await refuse(name, address, "no such login")
    case .wrongPassword: try await refuse(name, address, "wrong password")
    case .disabled: try await refuse(name, address, "the account is locked")
    case .throttled: try await lockOut(name, address)
    }
    return outcome
  }

  /// The name is not recorded as it was typed: some people type their password there.
  private func refuse(_ name: LoginName, _ address: String, _ reason: String) async throws {
    // Asked for unknown names, too: the time must not tell them apart.
    let target = try await accounts.find(name)?.auditName
    let event = AuditEvent("login.failed", on: target ?? "", from: address, reason)
    if target == nil { audit.recordPaced(event) } else { audit.record(event) }
  }

  private func lockOut(_ name: LoginName, _ address: String) async throws {
    let target = try await accounts.find(name)?.auditName
    audit.recordPaced(
      AuditEvent("login.locked_out", on: target ?? "", from: address, "too many failed logins"))
  }

  func register(_ account: NewAccount, from peer: Peer) async throws -> Account {
    let made = try await accounts.register(account, from: peer)
    audit.record(
      AuditEvent(
        "account.registered", on: made.auditName, from: peer.address,
        AuditedAccounts.proof(of: account)))
    return made
  }

  /// A number that a system has had proved makes the account more than a stranger's at once.
  private static func proof(of account: NewAccount) -> String {
    guard account.hasProvenNumber, let number = account.profiles[.studentNumber] else { return "" }
    return "the student number \(number) was proved"
  }

  func account(_ id: Int64) async throws -> Account? { try await accounts.account(id) }

  func accounts(_ ids: Set<Int64>) async throws -> [Int64: Account] {
    try await accounts.accounts(ids)
  }

  func find(_ name: LoginName) async throws -> Account? { try await accounts.find(name) }

  func list(after: Int64, limit: Int, matching: String?) async throws -> [Account] {
    try await accounts.list(after: after, limit: limit, matching: matching)
  }

  func create(_ account: NewAccount) async throws -> Account { try await accounts.create(account) }

  func checkRegistration(_ account: NewAccount, from peer: Peer) async throws {
    try await accounts.checkRegistration(account, from: peer)
  }

  func change(
    _ account: Int64, _ body: @escaping @Sendable (inout Account) throws -> Void
  ) async throws -> Account { try await accounts.change(account, body) }

  func change(
    _ account: Int64, in store: any Store,
    alongside work: @escaping @Sendable (Transaction) throws -> Void,
    _ body: @escaping @Sendable (inout Account) throws -> Void
  ) async throws -> Account {
    try await accounts.change(account, in: store, alongside: work, body)
  }

  func setPassword(_ password: String, of account: Int64) async throws {
    try await accounts.setPassword(password, of: account)
  }

  func issueToken(
    for account: Int64, at version: Int64?, purpose: String, life: TokenLife,
    spelling: TokenSpelling
  ) async throws -> IssuedToken {
    try await accounts.issueToken(
      for: account, at: version, purpose: purpose, life: life, spelling: spelling)
  }

  func identity(token: String) async throws -> Identity? {
    try await accounts.identity(token: token)
  }

  func revoke(token: String) async throws { try await accounts.revoke(token: token) }

  func revoke(digest: [UInt8]) async throws -> Bool { try await accounts.revoke(digest: digest) }

  func revokeTokens(of account: Int64) async throws {
    try await accounts.revokeTokens(of: account)
  }
}
