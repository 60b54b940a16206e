internal import CSQLite
internal import Storage

extension StoreError {
  /// The error of SQLite's last call on `handle`, in our words.
  init(sqlite code: Int32, on handle: OpaquePointer?) {
    let text = unsafe sqlite3_errmsg(handle).map { unsafe String(cString: $0) } ?? "no reason given"
    self.init(sqlite: code, text: text)
  }

  init(sqlite code: Int32, text: String) {
    let meaning = Self.code(of: code)
    // The words of a syntax error speak of the plugin's own statement, never of bound arguments.
    let message = meaning == .syntax ? text : Self.sentence(for: meaning)
    self.init(meaning, message, detail: "SQLite \(code): \(text)")
    readPlaces(in: text)
  }

  private static func code(of code: Int32) -> Code {
    switch Int(code) {
    case CSQLITE_UNIQUE, CSQLITE_PRIMARY_KEY, CSQLITE_ROW_ID: .unique
    case CSQLITE_FOREIGN_KEY: .foreignKey
    case CSQLITE_NOT_NULL: .notNull
    case CSQLITE_CHECK: .check
    default: primaryCode(of: code & 0xff)
    }
  }

  private static func primaryCode(of code: Int32) -> Code {
    switch code {
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_FULL: .full
    case SQLITE_READONLY: .readOnly
    case SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_NOMEM, SQLITE_PERM: .unavailable
    case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
    case SQLITE_INTERRUPT: .timeout
    case SQLITE_CONSTRAINT: .check
    case SQLITE_TOOBIG: .unstorable
    case SQLITE_ERROR, SQLITE_MISUSE, SQLITE_RANGE, SQLITE_MISMATCH, SQLITE_AUTH: .syntax
    default: .other
    }
  }

  private static func sentence(for code: Code) -> String {
    switch code {
    case .unique: "a value that must be the only one is already there"
    case .foreignKey: "a row points to a row that does not exist, or is pointed to"
    case .notNull: "a column that needs a value got none"
    case .check: "a rule of the table refused the row"
    case .busy: "another program holds the database"
    case .full: "no room is left for the database"
    case .readOnly: "the database, or this unit of work, can only be read"
    case .corrupt: "the database file is damaged or no SQLite database"
    case .timeout: "the statement took longer than it may"
    case .unavailable: "the database file cannot be opened, read or written"
    case .unstorable: "a value is larger than the database can keep"
    case .overloaded, .ambiguous, .tooNew, .syntax, .mismatch, .other: "the database failed"
    }
  }

  /// Reads `UNIQUE constraint failed: users.name, users.tel`. The words name tables and columns
  /// only; other messages have no such list and leave both empty.
  private mutating func readPlaces(in text: String) {
    guard code == .unique || code == .notNull, let colon = text.firstIndex(of: ":") else { return }
    for place in text[text.index(after: colon)...].split(separator: ",") {
      let parts = place.split(separator: " ").last?.split(separator: ".") ?? []
      guard parts.count == 2 else { continue }
      table = String(parts[0])
      columns.append(String(parts[1]))
    }
  }
}
