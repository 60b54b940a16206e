internal import Glibc
internal import Loop
internal import Primitives
internal import Storage
internal import StoreWork

/// The one connection that changes the database.
///
/// While a commit is on its way to the disk, callers gather in the queue; the next commit carries
/// them all. Each is in a savepoint, so a failure undoes its own work only. Success is
/// reported once the work is on disk. So is failure: its cause may have been other work that was
/// not stored in the end.
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
  let options: SQLiteOptions
  let metrics: Locked<StoreMetrics>
  private var checkpoints: Checkpoints
  /// The last group met a full disk.
  var lacksRoom = false
  private var gathering = Gathering()
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
      var work = backup == nil ? await queue.take(upTo: limit) : queue.takeNow(upTo: limit)
      if work.isEmpty && (backup == nil || queue.isClosed) { break }
      gather(&work)
      handle(work, on: database)
      stepBackup(of: database)
    }
    abandonBackup()
    database = nil
  }

  private func gather(_ work: inout [Work]) {
    let patience = gathering.patience(with: work.count)
    if patience == .zero { return }
    let end = ContinuousClock.now + patience
    while !gathering.isComplete(work.count), ContinuousClock.now < end {
      usleep(50)
      work += queue.takeNow(upTo: options.groupLimit - work.count)
    }
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
    let start = ContinuousClock.now
    commit(group, on: database)
    gathering.note(size: group.count, time: ContinuousClock.now - start)
    tidyLog(of: database)
  }
}

extension Writer {
  /// A read of a database in memory.
  private func read(_ job: Job, on database: Database) {
    let result = Result {
      try database.bracket(.refuseWrites)
      return try database.read(job, limit: options.workLimit)
    }
    let allowed = Result { () throws(StoreError) in try database.bracket(.allowWrites) }
    if case .failure(let error) = allowed { return job.fail(error) }
    metrics.withLock { $0.count(job, succeeded: result.isSuccess) }
    job.settle(result)
  }

  private func tidyLog(of database: Database) {
    let done = checkpoints.tidy(database, inNeedOfRoom: lacksRoom)
    lacksRoom = false
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
