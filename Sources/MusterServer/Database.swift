internal import AccountStore
internal import Bytes
internal import CommandLineKit
internal import Configuration
internal import Glibc
internal import PluginKit
internal import PostgresStore
internal import SQLiteStore
internal import Storage

/// Where the data are, as `database` says it.
enum DatabaseAddress: Sendable, Equatable {
  case sqlite(path: String)
  case postgres(url: String)

  init(_ configuration: ServerConfiguration) throws {
    let text = configuration[Keys.database]
    if text.isEmpty {
      self = .sqlite(path: configuration[Keys.data] + "/muster.db")
    } else if text.hasPrefix("sqlite:") {
      self = .sqlite(path: String(text.dropFirst("sqlite:".count)))
    } else if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
      self = .postgres(
        url: DatabaseAddress.adding(configuration[Keys.databasePassword].text, to: text))
    } else {
      throw configuration.refusal(
        of: "database", "wants sqlite:PATH or postgres://USER@HOST/NAME")
    }
  }

  /// A password apart from the address, as a setting of libpq behind the question mark.
  static func adding(_ password: String, to url: String) -> String {
    guard !password.isEmpty else { return url }
    let escaped = password.utf8.map { byte -> String in
      let isPlain =
        byte < 128 && (Character(Unicode.Scalar(byte)).isLetter || (48...57).contains(byte))
      return isPlain ? String(Unicode.Scalar(byte)) : "%" + Hex.encode([byte])
    }
    return "\(url)\(url.contains("?") ? "&" : "?")password=\(escaped.joined())"
  }
}

extension Program {
  /// Opens the database and makes its folder if it is missing.
  func openStore(_ configuration: ServerConfiguration) async throws -> any Store {
    switch try DatabaseAddress(configuration) {
    case .sqlite(let path):
      try Folder.make(Folder.parent(of: path))
      return try await SQLiteStore.open(.file(path))
    case .postgres(let url):
      return try await PostgresStore.open(url)
    }
  }

  /// Runs `body` with the accounts of the configured database, whose tables are up to date.
  func withAccounts<Result>(
    _ call: Invocation, _ body: (StoredAccounts, ServerConfiguration) async throws -> Result
  ) async throws -> Result {
    let configuration = try configuration(call)
    let store = try await openStore(configuration)
    var options = StoredAccounts.Options()
    // A command is alone on its process: it may take every core for what it has to hash.
    options.hashingThreads = max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    options.registration = RegistrationRules(configuration)
    options.publicPasswords = configuration[Keys.demo] ? [:] : DemoAccounts.passwords
    let accounts = StoredAccounts(store: store, clock: clock, options: options)
    do {
      try await accounts.migrate()
      let result = try await body(accounts, configuration)
      try await note(call, in: store)
      accounts.stop()
      await store.close()
      return result
    } catch {
      accounts.stop()
      await store.close()
      throw error
    }
  }
}

/// Folders of the file system.
enum Folder {
  /// Makes a folder that only its owner can look into, with those above it, unless it is there.
  static func make(_ path: String) throws {
    if path.isEmpty || access(path, F_OK) == 0 { return }
    let above = parent(of: path)
    if above != path { try make(above) }
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw Failure("cannot make the folder \(path): \(String(cString: strerror(errno)))")
    }
  }

  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
