internal import AccountStore
internal import CommandLineKit
internal import Configuration
internal import JSON
internal import PluginKit

extension Program {
  func account(_ call: Invocation) async throws -> ExitCode {
    switch call.path.last {
    case "add": return try await addAccount(call)
    case "passwd": return try await setPassword(call)
    case "set": return try await changeAccount(call)
    case "delete": return try await deleteAccount(call)
    case "list": return try await listAccounts(call)
    case "import": return try await importAccounts(call)
    case "disable": return try await setActive(call, false)
    case "enable": return try await setActive(call, true)
    default: preconditionFailure("a command in the table that nobody runs")
    }
  }

  private func addAccount(_ call: Invocation) async throws -> ExitCode {
    let login = call.operand(0) ?? ""
    var account = NewAccount(
      login: login, name: call.value("name") ?? login, roles: try roles(call))
    account.email = call.value("email")
    account.profiles = try profiles(call)
    return try await withAccounts(call) { accounts, configuration in
      var account = account
      if !call.has("no-password") { account.password = try newPassword(configuration) }
      let made = try await accounts.create(account)
      console.print("Account \(made.login) was made, number \(made.id).")
      return .success
    }
  }

  func roles(_ call: Invocation) throws(UsageError) -> Roles {
    var roles: Roles = []
    for name in call.values("role") {
      guard let role = Roles(name: name) else {
        throw UsageError("--role is student, teacher, staff or admin, not \(name)", path: call.path)
      }
      roles.insert(role)
    }
    return roles.isEmpty ? .student : roles
  }

  private func profiles(_ call: Invocation) throws(UsageError) -> [ProfileKind: String] {
    var profiles: [ProfileKind: String] = [:]
    for word in call.values("profile") {
      let parts = word.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let kind = ProfileKind(rawValue: String(parts[0])) else {
        let known = ProfileKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError("--profile wants KIND=VALUE with one of \(known)", path: call.path)
      }
      profiles[kind] = String(parts[1])
    }
    return profiles
  }

  /// Asks twice on a terminal, where a slip of the finger goes unseen.
  private func newPassword(_ configuration: ServerConfiguration) throws -> String {
    guard let password = console.readSecret("Password: "), !password.isEmpty else {
      throw Failure("no password was given; --no-password makes an account without one")
    }
    do { try RegistrationRules(configuration).check(password: password) } catch {
      throw Failure("\(error.detail) (accounts.password_length)")
    }
    guard !console.isTerminal || console.readSecret("Once more: ") == password else {
      throw Failure("the two passwords differ")
    }
    return password
  }

  private func setPassword(_ call: Invocation) async throws -> ExitCode {
    try await withAccounts(call) { accounts, configuration in
      let account = try await known(call.operand(0), in: accounts)
      try await accounts.setPassword(try newPassword(configuration), of: account.id)
      console.print("The password of \(account.login) was set; all its logins have ended.")
      return .success
    }
  }

  private func setActive(_ call: Invocation, _ isActive: Bool) async throws -> ExitCode {
    try await withAccounts(call) { accounts, _ in
      let account = try await known(call.operand(0), in: accounts)
      try await accounts.change(account.id) { $0.isActive = isActive }
      console.print("\(account.login) is \(isActive ? "enabled" : "disabled").")
      return .success
    }
  }

  private func listAccounts(_ call: Invocation) async throws -> ExitCode {
    try await withAccounts(call) { accounts, _ in
      var after: Int64 = 0
      while true {
        let page = try await accounts.list(after: after, limit: 500, matching: call.operand(0))
        for account in page {
          console.print(call.has("json") ? account.json.encodedText : account.line)
        }
        guard let last = page.last, page.count == 500 else { return .success }
        after = last.id
      }
    }
  }

  /// The account that somebody named on the command line.
  func known(_ name: String?, in accounts: StoredAccounts) async throws -> Account {
    guard let name, let account = try await accounts.find(.any(name)) else {
      throw Failure("there is no account \(name ?? "")")
    }
    return account
  }
}

extension Account {
  fileprivate var line: String {
    let profiles = profiles.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.key.rawValue)=\($0.value)" }
    let words = ["\(id)", login, name, roles.names.joined(separator: ","), state]
    return (words + profiles).joined(separator: "\t")
  }

  private var state: String {
    guard isActive else { return "disabled" }
    return isProvisional ? "provisional" : "active"
  }

  fileprivate var json: JSONValue {
    let profiles = JSONObject(
      profiles.sorted { $0.key.rawValue < $1.key.rawValue }
        .map { ($0.key.rawValue, JSONValue($0.value)) })
    return [
      "id": JSONValue(id), "login": JSONValue(login), "name": JSONValue(name),
      "email": JSONValue(email), "roles": JSONValue(roles.names.map { JSONValue($0) }),
      "active": JSONValue(isActive), "provisional": JSONValue(isProvisional),
      "profiles": .object(profiles),
    ]
  }
}

extension JSONValue {
  fileprivate var encodedText: String { String(decoding: encoded(), as: UTF8.self) }
}
