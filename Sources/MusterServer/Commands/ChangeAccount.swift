internal import AccountStore
internal import CommandLineKit
internal import PluginKit

// Commands that change or delete an account that is there.
extension Program {
  func changeAccount(_ call: Invocation) async throws -> ExitCode {
    let change = try AccountChange(call, roles: try roles(call))
    return try await withAccounts(call) { accounts, _ in
      let account = try await known(call.operand(0), in: accounts)
      let changed = try await accounts.change(account.id) { change.apply(to: &$0) }
      console.print("\(changed.login) was changed.")
      if changed.isProvisional {
        console.print("Its holder made it; with --confirm it may use more than the chat.")
      }
      return .success
    }
  }

  func deleteAccount(_ call: Invocation) async throws -> ExitCode {
    try await withAccounts(call) { accounts, _ in
      let account = try await known(call.operand(0), in: accounts)
      try await accounts.delete(account.id)
      console.print("\(account.login), number \(account.id), was deleted.")
      return .success
    }
  }
}

/// The flags of `muster account set`; what was not given stays.
private struct AccountChange: Sendable {
  private let login: String?
  private let name: String?
  private let email: String?
  private let roles: Roles?
  private let profiles: [ProfileKind: String]
  private let confirms: Bool

  init(_ call: Invocation, roles: Roles) throws(UsageError) {
    login = call.value("login")
    name = call.value("name")
    email = call.value("email")
    self.roles = call.values("role").isEmpty ? nil : roles
    confirms = call.has("confirm")
    var profiles: [ProfileKind: String] = [:]
    for word in call.values("profile") {
      let (kind, value) = try AccountChange.profile(word, call)
      profiles[kind] = value
    }
    self.profiles = profiles
    let isEmpty =
      login == nil && name == nil && email == nil && self.roles == nil && profiles.isEmpty
    if isEmpty && !confirms {
      throw UsageError("what shall be changed?", path: call.path)
    }
  }

  private static func profile(
    _ word: String, _ call: Invocation
  ) throws(UsageError) -> (ProfileKind, String) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = ProfileKind(rawValue: String(parts[0])) else {
      let known = ProfileKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError("--profile wants KIND=VALUE with one of \(known)", path: call.path)
    }
    return (kind, String(parts[1]))
  }

  func apply(to account: inout Account) {
    if let login { account.login = login }
    if let name { account.name = name }
    if let email { account.email = email.isEmpty ? nil : email }
    if let roles { account.roles = roles }
    for (kind, value) in profiles { account.profiles[kind] = value.isEmpty ? nil : value }
    if confirms { account.isSelfMade = false }
  }
}
