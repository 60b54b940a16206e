internal import CSQLite
internal import Loop
internal import Storage

extension Database {
  /// "Must" in ASCII: the mark by which a file is known to be ours.
  static let applicationID = 0x4d75_7374

  /// Sets what SQLite leaves to each connection. The order matters where a comment says so.
  func configure(_ access: Access, _ options: SQLiteOptions) throws(StoreError) {
    refuseOldHabits()
    // First, because the settings below may already find the file held by another program: how
    // long to wait for it before giving up with `busy`.
    try perform("PRAGMA busy_timeout = \(busyMilliseconds)")
    try perform(
      """
      -- References between tables are checked; SQLite's default is not to.
      PRAGMA foreign_keys = ON;
      -- As in PostgreSQL: LIKE tells 'A' from 'a'.
      PRAGMA case_sensitive_like = ON;
      -- Views and triggers in a file from elsewhere may not call functions with side effects.
      PRAGMA trusted_schema = OFF;
      -- Damaged pages are noticed when they are read, not when they have done harm.
      PRAGMA cell_size_check = ON;
      -- Sorting happens in memory: temporary files could fill the disk under us.
      PRAGMA temp_store = MEMORY;
      -- Pages kept in memory per connection, in KiB.
      PRAGMA cache_size = -8000;
      """)
    switch access {
    case .write: try configureWriter(options)
    case .read, .readOnlyFile: try perform("PRAGMA query_only = ON")
    }
  }

  private func configureWriter(_ options: SQLiteOptions) throws(StoreError) {
    try perform(
      """
      -- Writers append to a log beside the file, so readers never wait for them, nor they for
      -- readers. The file remembers it.
      PRAGMA journal_mode = WAL;
      -- The log is on disk before a commit returns. NORMAL would be faster and keep the file sound
      -- as well, but the last commits before a power loss would be gone after they were promised.
      PRAGMA synchronous = FULL;
      -- Moving the log into the file is done by the writer between two groups, see its checkpoints.
      PRAGMA wal_autocheckpoint = 0;
      -- A log that grew in a busy hour gives its room back when it starts over.
      PRAGMA journal_size_limit = \(options.logLimit);
      """)
    if let pages = options.largestPageCount { try perform("PRAGMA max_page_count = \(pages)") }
  }

  /// DEFENSIVE keeps SQL from damaging the file; the other two make "x" a name, as in the standard
  /// and in PostgreSQL, instead of a text when there is no such column.
  private func refuseOldHabits() {
    _ = unsafe csqlite_set_flag(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
    _ = unsafe csqlite_set_flag(handle, SQLITE_DBCONFIG_DQS_DML, 0)
    _ = unsafe csqlite_set_flag(handle, SQLITE_DBCONFIG_DQS_DDL, 0)
  }

  /// Looks through the whole file for damage: every page, not every index entry. Reads the file
  /// once, about a second per gigabyte that the system has in memory.
  func checkIntegrity(thoroughly: Bool = false) throws(StoreError) {
    let rows = try ask(thoroughly ? "PRAGMA integrity_check(5)" : "PRAGMA quick_check(5)")
    guard rows.count == 1, rows[0][0] == .text("ok") else {
      let findings = rows.map { if case .text(let text) = $0[0] { text } else { "?" } }
      throw StoreError(
        .corrupt, "the database file is damaged: restore a backup",
        detail: findings.joined(separator: "; "))
    }
  }

  /// Marks an empty file as ours; refuses one that belongs to another program.
  func claim() throws(StoreError) {
    let id = try number("PRAGMA application_id")
    if id == Database.applicationID { return }
    guard id == 0, try number("SELECT count(*) FROM sqlite_schema") == 0 else {
      throw StoreError(.mismatch, "the file is a database of another program")
    }
    try perform("PRAGMA application_id = \(Database.applicationID)")
  }

  func number(_ sql: String) throws(StoreError) -> Int {
    guard case .int(let number)? = try ask(sql).first?[0] else { return 0 }
    return Int(number)
  }
}
