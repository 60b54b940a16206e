internal import CommandLineKit
internal import Glibc
internal import PostgresStore
internal import Storage

/// Copies a PostgreSQL database into a file and back, with PostgreSQL's own programs.
struct PostgresCopy {
  private let url: String
  private let password: [String: String]

  /// - Parameter url: may hold a password; it is told to the programs where nobody else can read it.
  init(_ url: String) {
    let parts = PostgresCopy.separate(url)
    self.url = parts.url
    password = parts.password.map { ["PGPASSWORD": $0] } ?? [:]
  }

  /// Copies the database as it is at one moment. A file of that name is replaced when the copy is
  /// complete and was checked.
  /// - Returns: the size in bytes, and the version of each owner's tables.
  func dump(to file: String) throws -> (size: Int, owners: [String: Int]) {
    let part = "\(file).part"
    do {
      let fresh = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      guard fresh >= 0 else { throw Failure("\(part) cannot be written") }
      close(fresh)
      try tool("pg_dump").run([
        "--format=custom", "--no-owner", "--no-privileges", "--file=\(part)", "--dbname=\(url)",
      ])
      let owners = try PostgresCopy.verify(part)
      let size = try PostgresCopy.keep(part)
      guard rename(part, file) == 0 else { throw Failure("\(file) cannot be written") }
      return (size, owners)
    } catch {
      unlink(part)
      throw error
    }
  }

  /// Reads all of a copy, and what its tables are.
  static func verify(_ file: String) throws -> [String: Int] {
    let reader = Tool(name: "pg_restore")
    // The whole of it, with every block's check value; a copy that ends early is found out.
    try reader.run(["--file=/dev/null", file])
    let text = try reader.run([
      "--data-only", "--table=schema_versions", "--file=-", file,
    ])
    let owners = versions(in: text)
    guard !owners.isEmpty else { throw Failure("\(file) is no backup of this program") }
    return owners
  }

  /// Puts a copy in the place of the database, whole or not at all.
  /// - Parameter store: has a single connection, and is closed on the way.
  func restore(_ file: String, askingFor store: any Store) async throws {
    _ = try PostgresCopy.verify(file)
    let others = try await store.first(
      """
      SELECT count(*) AS others FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'muster'
        AND pid <> pg_backend_pid()
      """)
    await store.close()
    guard try others?.int("others") == 0 else {
      throw Failure("the database is in use: stop the server first")
    }
    try tool("pg_restore").run([
      "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction",
      "--exit-on-error", "--dbname=\(url)", file,
    ])
  }

  private func tool(_ name: String) -> Tool { Tool(name: name, environment: password) }

  /// The newest version of each owner in the lines of a table: owner, version, and more.
  static func versions(in text: String) -> [String: Int] {
    var versions: [String: Int] = [:]
    for line in text.split(separator: "\n") {
      let cells = line.split(separator: "\t")
      guard cells.count >= 2, let version = Int(cells[1]) else { continue }
      let owner = String(cells[0])
      versions[owner] = max(versions[owner] ?? 0, version)
    }
    return versions
  }

  /// Puts a file on the disk for good; its size.
  private static func keep(_ file: String) throws -> Int {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    var facts = stat()
    guard descriptor >= 0, fsync(descriptor) == 0, fstat(descriptor, &facts) == 0 else {
      throw Failure("\(file) could not be put on the disk")
    }
    return Int(facts.st_size)
  }
}

extension PostgresCopy {
  /// The address without its password, which stands before the `@` or behind the `?`.
  static func separate(_ url: String) -> (url: String, password: String?) {
    var password: String?
    var halves = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
      .map(String.init)
    if halves.count == 2 {
      let settings = halves[1].split(separator: "&")
      for setting in settings where setting.hasPrefix("password=") {
        password = plain(setting.dropFirst("password=".count))
      }
      halves[1] = settings.filter { !$0.hasPrefix("password=") }.joined(separator: "&")
      if halves[1].isEmpty { halves.removeLast() }
    }
    if let scheme = halves[0].firstRange(of: "://")?.upperBound,
      let at = halves[0][scheme...].lastIndex(of: "@"),
      let colon = halves[0][scheme..<at].firstIndex(of: ":")
    {
      let written = halves[0][halves[0].index(after: colon)..<at]
      if !written.isEmpty { password = password ?? plain(written) }
      halves[0].removeSubrange(colon..<at)
    }
    return (halves.joined(separator: "?"), password)
  }

  /// Text without percent signs.
  private static func plain(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let decoded = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(decoded)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
