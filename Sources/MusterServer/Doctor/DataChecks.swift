internal import AccountStore
internal import CommandLineKit
internal import Configuration
internal import Glibc
internal import PluginKit
internal import SQLiteStore
internal import Storage

/// Can the server keep its data, and is there room for them?
struct DataFolderCheck {
  let path: String
  /// Bytes that may still be written; nil if nobody knows.
  var room: (String) -> Int? = { path in
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }

  func findings() -> [Finding] {
    guard access(path, F_OK) == 0 else {
      let parent = Folder.parent(of: path)
      guard access(parent, W_OK) == 0 else {
        return [
          .failure(
            "data folder", "\(path) is missing and cannot be made",
            "make it for the server's user: install -d -m 700 -o muster \(path)")
        ]
      }
      return [.good("data folder", "\(path) will be made at the first start")] + space(in: parent)
    }
    guard access(path, W_OK | X_OK) == 0 else {
      return [
        .failure(
          "data folder", "\(path) cannot be written",
          "chown it to the user that the server runs as")
      ]
    }
    return [privacy()] + space(in: path)
  }

  private func privacy() -> Finding {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & 0o007 == 0 else {
      return .warning(
        "data folder", "\(path) can be looked into by everybody on this machine",
        "chmod 700 \(path)")
    }
    return .good("data folder", "\(path) can be written and is private")
  }

  private func space(in folder: String) -> [Finding] {
    guard let room = room(folder) else { return [] }
    let mebibytes = room >> 20
    let remedy = "free some space, or move the data folder (data, or --data)"
    if mebibytes < 100 { return [.failure("disk", "\(mebibytes) MiB are left", remedy)] }
    if mebibytes < 1024 { return [.warning("disk", "\(mebibytes) MiB are left", remedy)] }
    return [.good("disk", "\(mebibytes >> 10) GiB are left")]
  }
}

/// Does the database answer, is it whole, and does somebody still use a public password?
struct DatabaseCheck {
  let program: Program
  let configuration: ServerConfiguration

  init(program: Program, _ configuration: ServerConfiguration) {
    self.program = program
    self.configuration = configuration
  }

  func findings() async -> [Finding] {
    do {
      if case .sqlite(let path) = try DatabaseAddress(configuration), access(path, F_OK) != 0 {
        return [.good("database", "\(path) will be made at the first start")]
      }
      let store = try await program.openStore(configuration)
      let findings = try await look(store)
      await store.close()
      return findings
    } catch {
      return [.failure("database", "\(text(error))", remedy(error))]
    }
  }

  private func look(_ store: any Store) async throws -> [Finding] {
    let accounts = StoredAccounts(store: store, clock: program.clock)
    defer { accounts.stop() }
    var behind: [String] = []
    for (owner, migrations) in try program.owners(accounts, store, configuration) {
      let version = try await version(of: owner, store)
      let known = migrations.last?.version ?? 0
      if version > known { throw StoreError(.tooNew, "the tables of \(owner) are newer") }
      if version < known { behind.append(owner) }
    }
    let engine = store.engine.rawValue
    let tables =
      behind.isEmpty
      ? "tables are up to date" : "tables to be made: \(behind.joined(separator: ", "))"
    let answers = Finding.good("database", "\(engine) answers, \(tables)")
    if behind.contains(StoredAccounts.owner) { return [answers] }
    return [answers, try await publicPassword(accounts)]
  }

  private func version(of owner: String, _ store: any Store) async throws -> Int {
    do {
      let row = try await store.first(
        "SELECT max(version) AS version FROM schema_versions WHERE owner = ?", owner)
      return try row?.optionalInt("version") ?? 0
    } catch {
      // A database that no server has used yet has no such table.
      guard error.code == .syntax else { throw error }
      return 0
    }
  }

  /// The example data come with passwords that stand in a public document.
  private func publicPassword(_ accounts: StoredAccounts) async throws -> Finding {
    let logins = try await accounts.publicLogins(among: DemoAccounts.passwords)
    guard let first = logins.first, !configuration[Keys.demo] else {
      return .good("accounts", "no account has a password of the example data")
    }
    let verb = logins.count == 1 ? "has" : "have"
    return .failure(
      "accounts",
      "\(logins.joined(separator: ", ")) still \(verb) the password of the example data, which"
        + " everybody knows",
      "muster account passwd \(first), or start with a new data folder")
  }

  private func text(_ error: any Error) -> String {
    (error as? Failure)?.message ?? (error as? StoreError)?.description ?? "\(error)"
  }

  private func remedy(_ error: any Error) -> String {
    switch (error as? StoreError)?.code {
    case .tooNew: "start the newer program, or restore a backup made before it ran"
    case .corrupt: "stop the server and restore a backup: muster restore FILE"
    case .unavailable: "is it running, and is the address right? (database)"
    case .readOnly: "chown the file and its folder to the user that the server runs as"
    default: "see docs/operations.md"
    }
  }
}

/// Can others read what they must not?
struct SecretsCheck {
  let configuration: ServerConfiguration
  let file: String?

  init(_ configuration: ServerConfiguration, file: String?) {
    self.configuration = configuration
    self.file = file
  }

  func findings() -> [Finding] {
    guard let file else { return [] }
    var status = stat()
    let hasSecret = configuration.table.keys.contains { key in
      guard case .file = configuration.origin(of: key.path) else { return false }
      return configuration.yaml(key).contains("********")
    }
    guard hasSecret, stat(file, &status) == 0, status.st_mode & 0o004 != 0 else { return [] }
    return [
      .warning(
        "configuration", "\(file) holds a secret and can be read by everybody on this machine",
        "chmod 640 \(file), or write file:/path and keep the secret there")
    ]
  }
}
