/// When the log is moved into the database file.
///
/// The writer does it between two groups. As long as readers look at the log it cannot start over,
/// only grow; so when it has grown past the limit the writer waits for them, a moment only, and
/// tries again a little later. Readers come to an end, so the log does.
struct Checkpoints {
  private let step: Int
  private let limit: Int
  private var next: Int
  private var before = 0

  init(_ options: SQLiteOptions) {
    step = options.checkpointSize
    limit = options.logLimit
    next = step
  }

  /// - Parameter inNeedOfRoom: a disk is full; a log that starts over needs no more of it.
  /// - Returns: whether there was something to do.
  mutating func tidy(_ database: Database, inNeedOfRoom: Bool) -> Bool {
    let size = database.logBytes
    // Shorter than before: the log has started over.
    if size < before { next = step }
    before = size
    if size < next && !inNeedOfRoom { return false }
    database.moveLog(waitingForReaders: size >= limit || inNeedOfRoom)
    next = size + step / 4
    return true
  }
}
