/// How a SQLite database is opened. The defaults fit a server on its own disk.
public struct SQLiteOptions: Sendable {
  /// Connections that read, each on its own thread.
  public var readers = 2
  /// Units of work that may wait for the writer, and as many for the readers.
  public var queueLimit = 4096
  /// Callers that share one commit at most: bounds how long the first of them waits.
  public var groupLimit = 512
  /// How long another program may hold the database before the answer is `busy`.
  public var busyLimit = Duration.seconds(5)
  /// How long one unit of work may take inside SQLite.
  public var workLimit = Duration.seconds(20)
  /// Prepared statements that each connection keeps.
  public var statementCache = 256
  /// Bytes of log after which it is moved into the database file.
  public var checkpointSize = 8 << 20
  /// Bytes of log after which the writer waits for readers, so that the log can start over.
  public var logLimit = 64 << 20
  /// Looks for damage before anything else.
  public var checksAtStart = true
  /// The file is not changed, not even by its own log; writes throw `readOnly`.
  public var isReadOnly = false
  /// Pages of 4 KiB that the database may grow to; nil is what the disk has.
  public var largestPageCount: Int?

  public init() {}
}
