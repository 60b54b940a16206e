public import PluginKit
internal import Primitives
internal import Storage

extension StoredAccounts {
  public func logIn(_ name: LoginName, password: String, from peer: Peer) async throws
    -> LoginOutcome
  {
    // Names are remembered for a while, so their length is limited.
    guard name.text.utf8.count <= AccountRules.longest else { return .unknown }
    let candidate = try await candidate(name)
    let key = candidate.map { StoredAccounts.throttleKey($0.account.id) } ?? "name \(name)"
    let counted = counts(peer) ? peer.client : nil
    if let wait = throttle.withLock({ $0.begin(account: key, address: counted, at: clock.now) }) {
      return .throttled(retryAfterSeconds: Int((wait + 999) / 1000))
    }
    do {
      let outcome = try await check(password, of: candidate, for: counted)
      let isGood = if case .success = outcome { true } else { false }
      throttle.withLock { throttle in
        if isGood {
          throttle.succeeded(account: key, address: counted, at: clock.now)
        } else {
          throttle.failed(account: key, address: counted)
        }
      }
      return outcome
    } catch {
      throttle.withLock { $0.undecided(account: key, address: counted, at: clock.now) }
      if let busy = error as? PluginError, let wait = busy.retryAfterSeconds {
        return .throttled(retryAfterSeconds: wait)
      }
      throw error
    }
  }

  static func throttleKey(_ account: Int64) -> String { "account \(account)" }

  private struct Candidate: Sendable {
    let account: Account
    let hash: String?
  }

  private func candidate(_ name: LoginName) async throws -> Candidate? {
    try await store.read { tx in
      guard let id = try tx.accountID(name), let account = try tx.account(id) else { return nil }
      let row = try tx.first("SELECT password FROM accounts WHERE id = ?", id)
      return Candidate(account: account, hash: try row?.optionalText("password"))
    }
  }

  private func check(
    _ password: String, of candidate: Candidate?, for client: ClientKey?
  ) async throws -> LoginOutcome {
    guard password.utf8.count <= AccountRules.longestPassword else {
      return candidate == nil ? .unknown : .wrongPassword
    }
    // An unknown login takes as long as a known one: the time must not tell them apart.
    let hash = candidate?.hash ?? Secrets.example(cost: options.passwordCost)
    let verdict = try await hasher.verify(password, hash, for: client)
    guard let candidate else { return .unknown }
    guard candidate.hash != nil, verdict.isRight else { return .wrongPassword }
    guard candidate.account.isActive else { return .disabled }
    if let hash = verdict.stronger { try await strengthen(candidate, hash) }
    return .success(candidate.account)
  }

  /// Stores a hash of today's cost. The tokens stay, because the password is the same.
  private func strengthen(_ candidate: Candidate, _ hash: String) async throws {
    do {
      try await store.execute(
        "UPDATE accounts SET password = ? WHERE id = ? AND password = ?", hash,
        candidate.account.id, candidate.hash)
    } catch {
      // The login succeeds without it; the next one tries again.
      guard error.isTemporary || error.code == .readOnly else { throw error }
    }
  }

  func counts(_ peer: Peer) -> Bool { options.countsLoopback || !peer.isLoopback }
}

extension LoginName {
  fileprivate var text: String {
    switch self {
    case .login(let text), .email(let text), .any(let text), .profile(_, let text): text
    }
  }
}
