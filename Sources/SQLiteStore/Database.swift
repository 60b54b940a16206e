internal import CSQLite
internal import Loop
internal import Primitives
internal import Storage
internal import StoreWork

/// One open database handle with its prepared statements. Owned by one thread.
@safe final class Database {
  enum Access { case write, read, readOnlyFile }

  /// For this module's own calls; nobody keeps it.
  let handle: OpaquePointer
  private var statements: RecentlyUsed<String, Statement>
  private var brackets: [Bracket: Statement] = [:]
  /// When the work under way has to be finished, on the monotonic clock; 0 is never.
  private var deadline: UInt64 = 0
  private let time = SystemTime()
  /// How many pages the log had after the last commit.
  var logPages = 0
  let busyMilliseconds: Int

  /// - Parameter path: a file, or `:memory:`.
  init(path: String, access: Access, options: SQLiteOptions) throws(StoreError) {
    var handle: OpaquePointer?
    let way = access == .readOnlyFile ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
    let create = access == .write ? SQLITE_OPEN_CREATE : 0
    // NOMUTEX: SQLite need not lock what a single thread owns.
    let flags = way | create | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let status = unsafe sqlite3_open_v2(path, &handle, flags, nil)
    guard status == SQLITE_OK, let handle = unsafe handle else {
      let error = unsafe StoreError(sqlite: status, on: handle)
      unsafe sqlite3_close_v2(handle)
      throw error
    }
    unsafe self.handle = handle
    statements = RecentlyUsed(limit: options.statementCache)
    busyMilliseconds = Int(options.busyLimit.nanoseconds / 1_000_000)
    watchTheClock()
    try configure(access, options)
  }

  deinit {
    // Statements first: their handles belong to this one.
    statements.removeAll()
    brackets.removeAll()
    unsafe sqlite3_close_v2(handle)
  }

  /// Runs one statement of a plugin, prepared at most once.
  func run(_ sql: String, _ arguments: [Value]) throws(StoreError) -> Answer {
    try prepared(sql).run(arguments)
  }

  /// Runs statements of this module, which need no translation and no arguments.
  func perform(_ sql: String) throws(StoreError) {
    let status = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    guard status == SQLITE_OK else { throw unsafe StoreError(sqlite: status, on: handle) }
  }

  /// The rows of one statement of this module.
  func ask(_ sql: String) throws(StoreError) -> [Row] {
    try unsafe Statement(sql, on: handle, keepsLong: false).run([]).rows
  }

  /// The words that bracket every unit of work. Kept apart from the plugins' statements, who may
  /// not use them.
  func bracket(_ word: Bracket) throws(StoreError) {
    if let statement = brackets[word] {
      _ = try statement.run([])
    } else {
      let statement = try unsafe Statement(word.rawValue, on: handle, keepsLong: true)
      brackets[word] = statement
      _ = try statement.run([])
    }
  }

  enum Bracket: String {
    case beginWrite = "BEGIN IMMEDIATE"
    case beginRead = "BEGIN"
    case commit = "COMMIT"
    case rollback = "ROLLBACK"
    case open = "SAVEPOINT unit"
    case undo = "ROLLBACK TO unit"
    case close = "RELEASE unit"
    case refuseWrites = "PRAGMA query_only = ON"
    case allowWrites = "PRAGMA query_only = OFF"
  }

  /// False once SQLite has rolled back by itself, as it does after some failures of the disk.
  var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

  private func prepared(_ sql: String) throws(StoreError) -> Statement {
    if let statement = statements.find(sql) { return statement }
    let text = try SQLText(sql, for: .sqlite).text
    let statement = try unsafe Statement(text, on: handle, keepsLong: true)
    _ = statements.keep(statement, for: sql)
    return statement
  }

  /// Gives what runs now a time limit.
  func limit(to duration: Duration?) {
    deadline = duration.map { time.monotonic + $0.nanoseconds } ?? 0
  }

  private var isLate: Bool { deadline != 0 && time.monotonic > deadline }

  /// SQLite asks every 10,000 of its steps, some tenths of a millisecond, whether to go on.
  private func watchTheClock() {
    // The handle, and with it the callback, ends in `deinit`: `self` outlives both.
    unsafe sqlite3_progress_handler(
      handle, 10_000,
      { context in
        guard let context = unsafe context else { return 0 }
        return unsafe Unmanaged<Database>.fromOpaque(context).takeUnretainedValue().isLate ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}
