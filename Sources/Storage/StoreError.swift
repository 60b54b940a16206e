/// A failure of the database.
///
/// `description` is for logs and never holds a value that somebody stored; the engine's own words,
/// which may, are in `detail` and are shown by nothing but `debugDescription`. The plugin derives from
/// `code` what it tells a client.
public struct StoreError: Error, Sendable, Equatable {
  public enum Code: String, Sendable, CaseIterable {
    /// A value that must be the only one is already there; `table` and `columns` say where.
    case unique
    /// A row points to a row that does not exist, or others still point to it.
    case foreignKey
    case notNull
    /// A `CHECK` of the table refused the row.
    case check
    /// Others hold the database longer than the store wants to wait; try again later.
    case busy
    /// No room left on the disk, or the database has reached its limit.
    case full
    /// The database, or this unit of work, can only be read.
    case readOnly
    /// The database cannot be reached, or the store is closed.
    case unavailable
    /// More work is waiting than the store accepts; nothing was done.
    case overloaded
    /// The connection broke while a commit was under way: the work may be stored or not.
    case ambiguous
    /// The statement took longer than it may.
    case timeout
    /// The database was written by a newer version of the program.
    case tooNew
    /// The statement is wrong: spelling, unknown table, types, number of arguments.
    case syntax
    /// The database is damaged.
    case corrupt
    /// A row does not hold what the program expects.
    case mismatch
    /// A value that not every engine can keep, such as text with a zero character.
    case unstorable
    /// Something that has no code of its own.
    case other
  }

  public let code: Code
  public let message: String
  /// The table that a constraint belongs to, where the engine says it.
  public var table: String?
  /// The columns that a constraint is about, where the engine says it.
  public var columns: [String] = []
  /// The engine's own words. May hold stored values: not for clients.
  public var detail: String?

  public init(_ code: Code, _ message: String, detail: String? = nil) {
    self.code = code
    self.message = message
    self.detail = detail
  }

  /// Whether the same call may succeed later without anybody changing anything.
  public var isTemporary: Bool {
    switch code {
    case .busy, .full, .unavailable, .overloaded, .timeout: true
    case .unique, .foreignKey, .notNull, .check, .readOnly, .ambiguous, .tooNew, .syntax, .corrupt,
      .mismatch, .unstorable, .other:
      false
    }
  }

  /// Whether the uniqueness of exactly this column, or of a group with it, was violated.
  public func isUniqueViolation(of column: String) -> Bool {
    code == .unique && columns.contains(column)
  }
}

extension StoreError: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String {
    var text = "\(code.rawValue): \(message)"
    if let table {
      text += columns.isEmpty ? " (\(table))" : " (\(table): \(columns.joined(separator: ", ")))"
    }
    return text
  }

  public var debugDescription: String { detail.map { "\(description) [\($0)]" } ?? description }
}
