internal import CSQLite
internal import Glibc
internal import Storage

/// A caller that waits for a backup and is told its size in bytes.
struct BackupRequest: Sendable {
  let path: String
  let finish: @Sendable (Result<Int, StoreError>) -> Void
}

/// A copy of a database that grows page by page while the original goes on changing: what the same
/// connection writes meanwhile goes into the copy too. The file gets its name when it is complete.
@safe final class Backup {
  private let path: String
  private let draft: String
  private let target: Database
  private var handle: OpaquePointer?
  private(set) var size = 0

  init(of source: Database, to path: String) throws(StoreError) {
    self.path = path
    draft = path + ".partial"
    _ = unsafe unlink(draft)
    try createPrivateFile(draft)
    let target = try Database(path: draft, access: .read, options: SQLiteOptions())
    self.target = target
    // The draft counts for nothing until it is complete, so it needs no log of its own.
    try target.perform(
      "PRAGMA query_only = OFF; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
    unsafe handle = sqlite3_backup_init(target.handle, "main", source.handle, "main")
    guard unsafe handle != nil else {
      throw unsafe StoreError(sqlite: sqlite3_extended_errcode(target.handle), on: target.handle)
    }
  }

  deinit {
    unsafe sqlite3_backup_finish(handle)
    // Still there only if the copy was given up.
    _ = unsafe unlink(draft)
  }

  /// Copies one whole database over another in a single transaction.
  static func copy(_ source: Database, over target: Database) throws(StoreError) {
    let handle = unsafe sqlite3_backup_init(target.handle, "main", source.handle, "main")
    unsafe sqlite3_backup_step(handle, -1)
    let status = unsafe sqlite3_backup_finish(handle)
    guard status == SQLITE_OK else { throw unsafe StoreError(sqlite: status, on: target.handle) }
  }

  /// Copies the next megabyte.
  /// - Returns: whether that was the last one.
  func step() throws(StoreError) -> Bool {
    switch unsafe sqlite3_backup_step(handle, 256) {
    case SQLITE_DONE: return true
    // Another program has the file for a moment.
    case SQLITE_OK, SQLITE_BUSY, SQLITE_LOCKED: return false
    case let status:
      throw StoreError(sqlite: status, text: "the copy stopped")
    }
  }

  /// Makes the copy a file of its own, puts it on the disk and gives it its name.
  func finish() throws(StoreError) {
    size = Int(unsafe sqlite3_backup_pagecount(handle)) * 4096
    unsafe sqlite3_backup_finish(handle)
    unsafe handle = nil
    // The copied header asks for a log beside the file; a backup is one file.
    try target.perform("PRAGMA journal_mode = DELETE")
    try putOnDisk(draft)
    guard unsafe rename(draft, path) == 0 else { throw .system("rename the backup") }
    try putOnDisk(folder(of: path))
  }
}
