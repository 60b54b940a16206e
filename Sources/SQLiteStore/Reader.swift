internal import Loop
internal import Primitives
internal import Storage
internal import StoreWork

/// A connection that reads, on its own thread. It never waits for the writer: the log keeps every
/// state that somebody still looks at.
actor Reader {
  private let thread: BlockingThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

  private let queue: WorkQueue<Job>
  private let options: SQLiteOptions
  private let metrics: Locked<StoreMetrics>
  private var database: Database?

  init(
    thread: BlockingThread, queue: WorkQueue<Job>, options: SQLiteOptions,
    metrics: Locked<StoreMetrics>
  ) {
    self.thread = thread
    self.queue = queue
    self.options = options
    self.metrics = metrics
  }

  func open(_ path: String) throws(StoreError) {
    let access = options.isReadOnly ? Database.Access.readOnlyFile : .read
    database = try Database(path: path, access: access, options: options)
  }

  /// Works until the queue is closed and empty, then closes the database.
  func run() async {
    while let database, let job = await queue.take(upTo: 1).first {
      let result = Result { try database.read(job, limit: options.workLimit) }
      metrics.withLock { $0.count(job, succeeded: result.isSuccess) }
      job.settle(result)
    }
    database = nil
  }
}
