internal import CSQLite
internal import Storage
internal import StoreWork

extension Database {
  /// Runs a job against one state of the database.
  func read(_ job: Job, limit: Duration) throws -> Delivery {
    self.limit(to: limit)
    defer { self.limit(to: nil) }
    // One statement sees one state by itself.
    if job.isSingle { return try job.run(Transaction(DatabaseSession(self))) }
    try bracket(.beginRead)
    // Nothing was changed, so there is nothing that could be lost in either way of ending.
    defer { rollBack() }
    return try job.run(Transaction(DatabaseSession(self)))
  }

  /// Ends a transaction whose work is void. If even that fails the transaction is over already,
  /// or the next `BEGIN` fails and says why.
  func rollBack() {
    do { try bracket(.rollback) } catch { return }
  }

  /// Undoes a unit in its savepoint; where that is impossible the whole transaction goes, which
  /// the writer notices.
  func undoUnit() {
    guard isInTransaction else { return }
    do {
      try bracket(.undo)
      try bracket(.close)
    } catch {
      rollBack()
    }
  }

  /// Lets every commit note how long the log is.
  func watchLog() {
    // The handle, and with it the callback, ends in `deinit`: `self` outlives both.
    unsafe sqlite3_wal_hook(
      handle,
      { context, _, _, pages in
        if let context = unsafe context {
          unsafe Unmanaged<Database>.fromOpaque(context).takeUnretainedValue()
            .logPages = Int(pages)
        }
        return SQLITE_OK
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// A page of the log is a page of 4 KiB with a small head.
  var logBytes: Int { logPages * 4120 }

  /// Moves the log into the file. A failure is left to the next commit to tell: the log still has
  /// everything.
  func moveLog(waitingForReaders: Bool) {
    guard waitingForReaders else {
      unsafe sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
      return
    }
    let patience = Int32(clamping: busyMilliseconds)
    unsafe sqlite3_busy_timeout(handle, min(patience, 200))
    unsafe sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_RESTART, nil, nil)
    unsafe sqlite3_busy_timeout(handle, patience)
  }
}
