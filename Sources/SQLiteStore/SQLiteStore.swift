internal import Loop
internal import Primitives
public import Storage
internal import StoreWork

/// A store in one SQLite file: one connection writes, some read, each on its own thread.
///
/// Killed at any moment, it opens again with everything it has acknowledged.
public final class SQLiteStore: Store {
  public enum Location: Sendable {
    case file(String)
    /// Gone when the store is closed; one connection does everything.
    case memory
  }

  public let engine = Engine.sqlite
  private let writes: WorkQueue<Writer.Work>
  private let reads: WorkQueue<Job>?
  private let counters: [Locked<StoreMetrics>]
  private let threads: Locked<[Task<Void, Never>]>

  private init(
    writes: WorkQueue<Writer.Work>, reads: WorkQueue<Job>?, counters: [Locked<StoreMetrics>]
  ) {
    self.writes = writes
    self.reads = reads
    self.counters = counters
    threads = Locked([])
  }

  deinit {
    writes.close()
    reads?.close()
  }

  /// Opens the database, makes the file if there is none, and looks for damage.
  public static func open(
    _ location: Location, options: SQLiteOptions = SQLiteOptions()
  ) async throws(StoreError) -> SQLiteStore {
    var readers = 0
    var path = ":memory:"
    if case .file(let name) = location {
      path = name
      readers = max(1, options.readers)
      if !options.isReadOnly { try createPrivateFile(name) }
    }
    let store = SQLiteStore(
      writes: WorkQueue(limit: options.queueLimit),
      reads: readers == 0 ? nil : WorkQueue(limit: options.queueLimit),
      counters: (0...readers).map { _ in Locked(StoreMetrics()) })
    do {
      try await store.startWriter(path, options)
      for number in 0..<readers { try await store.startReader(number, path, options) }
    } catch {
      await store.close()
      throw error
    }
    return store
  }

  private func startWriter(_ path: String, _ options: SQLiteOptions) async throws(StoreError) {
    let thread = BlockingThread(name: "sqlite-writer")
    let writer = Writer(thread: thread, queue: writes, options: options, metrics: counters[0])
    // Even if opening fails: a writer without a database ends at once, and its thread with it.
    defer { keep(thread) { await writer.run() } }
    try await writer.open(path)
  }

  private func startReader(
    _ number: Int, _ path: String, _ options: SQLiteOptions
  ) async throws(StoreError) {
    guard let reads else { return }
    let thread = BlockingThread(name: "sqlite-read-\(number + 1)")
    let reader = Reader(
      thread: thread, queue: reads, options: options, metrics: counters[number + 1])
    defer { keep(thread) { await reader.run() } }
    try await reader.open(path)
  }

  /// Lets a thread work until its queue is closed, then ends it. Does not hold the store, so that a
  /// store nobody holds any more comes to its `deinit`.
  private func keep(_ thread: BlockingThread, _ run: @escaping @Sendable () async -> Void) {
    let task = Task.detached {
      await run()
      thread.stop()
      thread.join()
    }
    threads.withLock { $0.append(task) }
  }

  public func close() async {
    // Readers first: the last connection to close moves the log into the file.
    reads?.close()
    let tasks = threads.withLock { $0 }
    for task in tasks.dropFirst() { await task.value }
    writes.close()
    await tasks.first?.value
  }
}

extension SQLiteStore {
  public func run(_ sql: String, arguments: [Value]) async throws(StoreError) -> Answer {
    try await Job.answer(to: sql, arguments, submit: submit)
  }

  @discardableResult
  public func write<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    try await Job.result(isReading: false, isSingle: false, of: body, submit: submit).get()
  }

  public func read<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    try await Job.result(isReading: true, isSingle: false, of: body, submit: submit).get()
  }

  private func submit(_ job: Job) throws(StoreError) {
    if !job.isReading {
      try writes.submit(.write(job))
    } else if let reads {
      try reads.submit(job)
    } else {
      try writes.submit(.read(job))
    }
  }

  func submit(_ request: BackupRequest) {
    do {
      try writes.submit(.backup(request))
    } catch {
      request.finish(.failure(error))
    }
  }

  public var metrics: StoreMetrics {
    var sum = StoreMetrics()
    for counter in counters { sum.add(counter.withLock { $0 }) }
    let (waitingWrites, refusedWrites) = writes.load
    let (waitingReads, refusedReads) = reads?.load ?? (0, 0)
    sum.waiting = waitingWrites + waitingReads
    sum.refused = refusedWrites + refusedReads
    return sum
  }
}
