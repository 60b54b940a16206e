internal import Loop
internal import Primitives
public import Storage
internal import StoreWork

/// A store on a PostgreSQL server, over a few connections with a thread each.
///
/// Units of work are serializable: they behave as if they ran one after the other, and the store
/// repeats those that lost a race. When the server goes away, calls fail at once with
/// `unavailable`, or with `ambiguous` if nobody can know whether they were stored; when it comes
/// back, so does the store.
public final class PostgresStore: Store {
  public let engine = Engine.postgres
  private let queue: WorkQueue<Job>
  private let counters: [Locked<StoreMetrics>]
  private let threads = Locked<[Task<Void, Never>]>([])

  private init(_ options: PostgresOptions) {
    queue = WorkQueue(limit: options.queueLimit)
    counters = (0..<max(1, options.connections)).map { _ in Locked(StoreMetrics()) }
  }

  deinit { queue.close() }

  /// Connects to the server.
  /// - Parameter url: `postgres://user:password@host:port/database`, with the settings of libpq
  ///   behind a question mark; every connection goes to the server directly, not through a pooler
  ///   that hands connections from one transaction to another.
  public static func open(
    _ url: String, options: PostgresOptions = PostgresOptions()
  ) async throws(StoreError) -> PostgresStore {
    let store = PostgresStore(options)
    do {
      for (index, counter) in store.counters.enumerated() {
        let thread = BlockingThread(name: "postgres-\(index + 1)")
        let connection = PostgresConnection(
          thread: thread, url: url, options: options, queue: store.queue, metrics: counter)
        defer { store.keep(thread) { await connection.run() } }
        // The first shows that the server is there; the others come when they can.
        if index == 0 { try await connection.open() }
      }
    } catch {
      await store.close()
      throw error
    }
    return store
  }

  /// Lets a thread work until the queue is closed, then ends it. Does not hold the store, so that a
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
    queue.close()
    for task in threads.withLock({ $0 }) { await task.value }
  }
}

extension PostgresStore {
  public func run(_ sql: String, arguments: [Value]) async throws(StoreError) -> Answer {
    // Such a statement can change data in spite of its first word; only a transaction that is said
    // to read keeps it from that.
    let isPlain = sql.utf8.starts(with: "SELECT ".utf8)
    let mayHideWrite = !isPlain && SQLText.firstWord(of: sql) == "with"
    return try await Job.answer(to: sql, arguments, isSingle: !mayHideWrite, submit: queue.submit)
  }

  @discardableResult
  public func write<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    try await Job.result(isReading: false, isSingle: false, of: body, submit: queue.submit).get()
  }

  public func read<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    try await Job.result(isReading: true, isSingle: false, of: body, submit: queue.submit).get()
  }

  public var metrics: StoreMetrics {
    var sum = StoreMetrics()
    for counter in counters { sum.add(counter.withLock { $0 }) }
    sum.largestGroup = 1
    (sum.waiting, sum.refused) = queue.load
    return sum
  }
}
