internal import Loop
internal import Storage
internal import StoreWork

/// The one connection that changes the database.
///
/// While a commit is on its way to the disk, callers gather in the queue; the next commit carries
/// them all. Each is in a savepoint, so a failure undoes its own work only. Nobody hears of success
/// before the disk has it, and nobody of failure either: the reason may have been another's work
/// that was not stored in the end.
actor Writer {
  enum Work: Sendable {
    case write(Job)
    /// Only of a database in memory, which nothing but this connection can see.
    case read(Job)
    case backup(BackupRequest)
  }

  private let thread: BlockingThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

  private let queue: WorkQueue<Work>
  private let options: SQLiteOptions
  private let metrics: Locked<StoreMetrics>
  private var checkpoints: Checkpoints
  private var database: Database?
  private var backup: (copy: Backup, request: BackupRequest)?

  init(
    thread: BlockingThread, queue: WorkQueue<Work>, options: SQLiteOptions,
    metrics: Locked<StoreMetrics>
  ) {
    self.thread = thread
    self.queue = queue
    self.options = options
    self.metrics = metrics
    checkpoints = Checkpoints(options)
  }

  func open(_ path: String) throws(StoreError) {
    let access = options.isReadOnly ? Database.Access.readOnlyFile : .write
    let database = try Database(path: path, access: access, options: options)
    if options.checksAtStart { try database.checkIntegrity() }
    if !options.isReadOnly {
      try database.claim()
      database.watchLog()
    }
    self.database = database
  }

  /// Works until the queue is closed and empty, then closes the database.
  func run() async {
    while let database {
      // A backup under way takes a step between two groups, and goes on alone when nobody writes.
      let limit = options.groupLimit
      let work = backup == nil ? await queue.take(upTo: limit) : queue.takeNow(upTo: limit)
      if work.isEmpty && (backup == nil || queue.isClosed) { break }
      handle(work, on: database)
      stepBackup(of: database)
    }
    abandonBackup()
    database = nil
  }

  private func handle(_ work: [Work], on database: Database) {
    var group: [Job] = []
    for work in work {
      switch work {
      case .write(let job): group.append(job)
      case .read(let job): read(job, on: database)
      case .backup(let request): start(request, on: database)
      }
    }
    if group.isEmpty { return }
    metrics.withLock { $0.largestGroup = max($0.largestGroup, group.count) }
    commit(group, on: database)
    tidyLog(of: database)
  }
}

// MARK: Groups

extension Writer {
  /// Stores all jobs in one commit; if that cannot be, each in its own.
  private func commit(_ jobs: [Job], on database: Database) {
    do {
      try database.bracket(.beginWrite)
    } catch {
      return settle(jobs, database) { _ in .failure(error) }
    }
    var results: [Result<Delivery, any Error>] = []
    for job in jobs {
      results.append(attempt(job, isShared: jobs.count > 1, on: database))
      // After some failures SQLite rolls back everything by itself.
      if !database.isInTransaction { return recover(jobs, from: results, on: database) }
    }
    do {
      let isWorthIt = results.contains { if case .success = $0 { true } else { false } }
      try database.bracket(isWorthIt ? .commit : .rollback)
    } catch {
      if database.isInTransaction { database.rollBack() }
      if jobs.count > 1 { return repeatSingly(jobs, on: database) }
      return settle(jobs, database) { _ in .failure(error) }
    }
    settle(jobs, database) { results[$0] }
  }

  private func attempt(
    _ job: Job, isShared: Bool, on database: Database
  ) -> Result<Delivery, any Error> {
    let needsSavepoint = isShared && !job.isSingle
    database.limit(to: options.workLimit)
    defer { database.limit(to: nil) }
    do {
      if needsSavepoint { try database.bracket(.open) }
      let delivery = try job.run(Transaction(DatabaseSession(database)))
      if needsSavepoint { try database.bracket(.close) }
      return .success(delivery)
    } catch {
      if needsSavepoint { database.undoUnit() }
      return .failure(error)
    }
  }

  /// The last job that ran took the transaction with it: its failure stands, the others start over.
  private func recover(
    _ jobs: [Job], from results: [Result<Delivery, any Error>], on database: Database
  ) {
    let culprit = results.count - 1
    let lost = StoreError(.other, "the unit of work ended its own transaction")
    let reason: any Error = if case .failure(let error) = results[culprit] { error } else { lost }
    settle([jobs[culprit]], database) { _ in .failure(reason) }
    repeatSingly(Array(jobs[..<culprit]), on: database)
    let rest = Array(jobs[(culprit + 1)...])
    if !rest.isEmpty { commit(rest, on: database) }
  }

  private func repeatSingly(_ jobs: [Job], on database: Database) {
    metrics.withLock { $0.repetitions += jobs.count }
    for job in jobs { commit([job], on: database) }
  }

  private func settle(
    _ jobs: [Job], _ database: Database, with result: (Int) -> Result<Delivery, any Error>
  ) {
    let now = ContinuousClock.now
    var failures = 0
    for (index, job) in jobs.enumerated() {
      switch result(index) {
      case .success(let deliver): deliver()
      case .failure(let error):
        failures += 1
        job.fail(error)
      }
    }
    metrics.withLock { metrics in
      metrics.writes += jobs.count
      metrics.failures += failures
      if failures < jobs.count { metrics.commits += 1 }
      for job in jobs { metrics.writeTime.record(now - job.submitted) }
    }
  }

  private func read(_ job: Job, on database: Database) {
    let result = Result {
      try database.bracket(.refuseWrites)
      return try database.read(job, limit: options.workLimit)
    }
    do {
      try database.bracket(.allowWrites)
    } catch {
      return job.fail(error)
    }
    switch result {
    case .success(let deliver): deliver()
    case .failure(let error): job.fail(error)
    }
    metrics.withLock { $0.countRead(job, failed: result.isFailure) }
  }
}

// MARK: Log and backup

extension Writer {
  private func tidyLog(of database: Database) {
    let done = checkpoints.tidy(database)
    metrics.withLock { metrics in
      if done { metrics.checkpoints += 1 }
      metrics.logBytes = database.logBytes
    }
  }

  private func start(_ request: BackupRequest, on database: Database) {
    guard backup == nil else {
      return request.finish(.failure(StoreError(.busy, "another backup is under way")))
    }
    do {
      backup = (try Backup(of: database, to: request.path), request)
    } catch {
      request.finish(.failure(error))
    }
  }

  private func stepBackup(of database: Database) {
    guard let (copy, request) = backup else { return }
    do {
      guard try copy.step() else { return }
      try copy.finish()
      request.finish(.success(copy.size))
    } catch {
      request.finish(.failure(error))
    }
    backup = nil
  }

  private func abandonBackup() {
    backup?.request.finish(.failure(StoreError(.unavailable, "the store was closed")))
    backup = nil
  }
}
