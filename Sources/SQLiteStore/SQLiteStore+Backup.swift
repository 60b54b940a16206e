public import Storage

extension SQLiteStore {
  /// Copies the database into one file while everything goes on, and puts it on the disk.
  ///
  /// The copy is the state at its end. A file of that name is replaced when the copy is complete.
  /// - Returns: its size in bytes.
  @discardableResult
  public func backup(to path: String) async throws(StoreError) -> Int {
    let result = await withCheckedContinuation { continuation in
      let request = BackupRequest(path: path) { continuation.resume(returning: $0) }
      submit(request)
    }
    return try result.get()
  }

  /// Looks through the whole of a backup for damage, index entries and references included.
  ///
  /// Blocks its thread for as long as reading the file takes: for the command line.
  /// - Returns: the version of each owner's tables.
  @discardableResult
  public static func verify(_ path: String) throws(StoreError) -> [String: Int] {
    let file = try Database(path: path, access: .readOnlyFile, options: SQLiteOptions())
    try file.checkIntegrity(thoroughly: true)
    guard try file.number("PRAGMA application_id") == Database.applicationID else {
      throw StoreError(.mismatch, "the file is no backup of this program")
    }
    guard try file.ask("PRAGMA foreign_key_check").isEmpty else {
      throw StoreError(.corrupt, "rows of the backup point to rows that do not exist")
    }
    let hasVersions = try file.number(
      "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_versions'")
    if hasVersions == 0 { return [:] }
    let rows = try file.ask("SELECT owner, max(version) AS version FROM schema_versions GROUP BY 1")
    var versions: [String: Int] = [:]
    for row in rows { versions[try row.text("owner")] = try row.int("version") }
    return versions
  }

  /// Puts a verified backup in the place of a database, whole or not at all.
  ///
  /// Blocks its thread: for the command line.
  /// - Throws: `.busy` if a program has the database open.
  public static func restore(_ backup: String, to path: String) throws(StoreError) {
    try verify(backup)
    var options = SQLiteOptions()
    options.busyLimit = .seconds(1)
    try createPrivateFile(path)
    let target = try Database(path: path, access: .read, options: options)
    // Leaving the log behind needs the file alone: nobody else can have it open after this.
    try target.perform("PRAGMA query_only = OFF; PRAGMA locking_mode = EXCLUSIVE")
    guard try target.ask("PRAGMA journal_mode = DELETE").first?[0] == .text("delete") else {
      throw StoreError(.busy, "the database is in use: stop the server first")
    }
    let source = try Database(path: backup, access: .readOnlyFile, options: options)
    try Backup.copy(source, over: target)
  }
}
