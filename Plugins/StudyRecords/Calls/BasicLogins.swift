internal import Crypto
internal import PluginKit

/// Checks names and passwords, which clients of this system send with every call.
///
/// Checking a password is slow on purpose. A pair that was right is therefore remembered for a
/// while by its keyed digest. It stands for a token of the account, so that a changed password or
/// a disabled account ends it on every node.
actor BasicLogins {
  static let purpose = "study.basic"
  private static let life = TokenLife.fixed(seconds: 900)
  private static let mostRemembered = 10_000

  private let accounts: any Accounts
  private let key = Random.bytes(32)
  private var tokens: [[UInt8]: String] = [:]
  /// Concurrent calls with one pair share one check of the password.
  private var checks: [[UInt8]: Task<String, any Error>] = [:]

  init(_ accounts: any Accounts) { self.accounts = accounts }

  /// Throws a 401 if the pair is wrong.
  func identity(_ user: String, _ password: String, from peer: Peer) async throws -> Identity {
    // Neither part can contain a line end, so no two pairs give the same text.
    let digest = Digest.sha256.authenticate(Array("\(user)\n\(password)".utf8), key: key)
    if let token = tokens[digest] {
      if let identity = try await accounts.identity(token: token) { return identity }
      if tokens[digest] == token { tokens[digest] = nil }
    }
    let token = try await token(digest, user, password, peer)
    guard let identity = try await accounts.identity(token: token) else {
      throw PluginError.wrongCredentials
    }
    return identity
  }

  private func token(
    _ digest: [UInt8], _ user: String, _ password: String, _ peer: Peer
  ) async throws -> String {
    if let token = tokens[digest] { return token }
    if let check = checks[digest] { return try await check.value }
    let accounts = accounts
    let check = Task { try await BasicLogins.issue(user, password, peer, accounts) }
    checks[digest] = check
    defer { checks[digest] = nil }
    let token = try await check.value
    if tokens.count >= BasicLogins.mostRemembered { tokens = [:] }
    tokens[digest] = token
    return token
  }

  private static func issue(
    _ user: String, _ password: String, _ peer: Peer, _ accounts: any Accounts
  ) async throws -> String {
    switch try await accounts.logIn(.any(user), password: password, from: peer) {
    case .success(let account):
      return try await accounts.issueToken(for: account, purpose: purpose, life: life).text
    case .unknown, .wrongPassword, .disabled: throw PluginError.wrongCredentials
    case .throttled(let seconds):
      throw PluginError(.tooManyRequests, "too many requests", retryAfterSeconds: seconds)
    }
  }
}
