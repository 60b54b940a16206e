internal import AccountStore
internal import CommandLineKit
internal import Configuration
internal import PluginKit
internal import Storage

extension Program {
  func token(_ call: Invocation) async throws -> ExitCode {
    switch call.path.dropFirst() {
    case ["issue"]: return try await issueToken(call)
    case ["list"]: return try await listTokens(call)
    case ["revoke"]: return try await revokeTokens(call)
    case ["key", "add"]: return try await addKey(call)
    case ["key", "list"]: return try await listKeys(call)
    case ["key", "revoke"]: return try await revokeKey(call)
    default: preconditionFailure("a command in the table that nobody runs")
    }
  }

  private func issueToken(_ call: Invocation) async throws -> ExitCode {
    let life = try life(call) ?? .seconds(30 * 86_400)
    return try await withAccounts(call) { accounts, _ in
      let account = try await known(call.operand(0), in: accounts)
      let token = try await accounts.issueToken(
        for: account.id, purpose: call.value("purpose") ?? "command-line",
        life: .fixed(seconds: life.inSeconds))
      console.print(token.text)
      console.printError("Good until \(moment(token.expiresAt)); it cannot be shown again.")
      return .success
    }
  }

  private func listTokens(_ call: Invocation) async throws -> ExitCode {
    try await withAccounts(call) { accounts, _ in
      let account = try await known(call.operand(0), in: accounts)
      for token in try await accounts.tokens(of: account.id) {
        let sliding = token.isSliding ? " while used" : ""
        console.print(
          "\(token.id)\t\(token.purpose)\tsince \(moment(token.issuedAt))\t"
            + "until \(moment(token.expiresAt))\(sliding)")
      }
      return .success
    }
  }

  private func revokeTokens(_ call: Invocation) async throws -> ExitCode {
    try await withAccounts(call) { accounts, _ in
      let account = try await known(call.operand(0), in: accounts)
      guard let id = call.operand(1) else {
        try await accounts.revokeTokens(of: account.id)
        console.print("All tokens of \(account.login) have ended.")
        return .success
      }
      guard try await accounts.revoke(tokenID: id, of: account.id) else {
        throw Failure("\(account.login) has no token \(id)")
      }
      console.print("Token \(id) of \(account.login) has ended.")
      return .success
    }
  }

  private func addKey(_ call: Invocation) async throws -> ExitCode {
    let scopes = call.values("scope")
    guard !scopes.isEmpty else {
      throw UsageError("--scope is missing: publish, publish:chat.*, or *", path: call.path)
    }
    let life = try life(call)
    return try await withKeys(call) { keys in
      let expiresAt = life.map { clock.now + Int64($0.inMilliseconds) }
      let (key, text) = try await keys.create(
        name: call.operand(0) ?? "", scopes: scopes, expiresAt: expiresAt)
      console.print(text)
      console.printError("This is key \(key.id); it cannot be shown again.")
      return .success
    }
  }

  private func listKeys(_ call: Invocation) async throws -> ExitCode {
    try await withKeys(call) { keys in
      for key in try await keys.list() {
        let until = key.expiresAt.map { "until \(moment($0))" } ?? "for ever"
        let used = key.usedAt.map { "used \(moment($0))" } ?? "never used"
        console.print(
          "\(key.id)\t\(key.name)\t\(key.scopes.joined(separator: " "))\t\(until)\t\(used)")
      }
      return .success
    }
  }

  private func revokeKey(_ call: Invocation) async throws -> ExitCode {
    guard let id = call.operand(0).flatMap({ Int64($0) }) else {
      throw UsageError("ID is a number: see muster token key list", path: call.path)
    }
    return try await withKeys(call) { keys in
      guard try await keys.revoke(id) else { throw Failure("there is no key \(id)") }
      console.print("Key \(id) has ended.")
      return .success
    }
  }

  private func withKeys(
    _ call: Invocation, _ body: (APIKeys) async throws -> ExitCode
  ) async throws -> ExitCode {
    let configuration = try configuration(call)
    let store = try await openStore(configuration)
    do {
      try await store.migrate(StoredAccounts.owner, StoredAccounts.migrations)
      let code = try await body(APIKeys(store: store, clock: clock))
      try await note(call, in: store)
      await store.close()
      return code
    } catch {
      await store.close()
      throw error
    }
  }

  private func life(_ call: Invocation) throws(UsageError) -> Duration? {
    guard let text = call.value("life") else { return nil }
    guard let life = Duration(configured: text), life > .zero else {
      throw UsageError("--life wants \(Duration.kindName), not \(text)", path: call.path)
    }
    return life
  }

  private func moment(_ time: Int64) -> String { LocalTime(time, offsetSeconds: 0).dateTime + "Z" }
}
