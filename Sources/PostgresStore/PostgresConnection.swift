internal import Glibc
internal import Loop
internal import Primitives
internal import Storage
internal import StoreWork

/// One thread with one connection, which takes work from the queue that it shares with the others.
///
/// It takes nothing while it is not connected. When none of them is, the queue refuses work at
/// once; each tries again and again, and the first to succeed opens the queue.
actor PostgresConnection {
  private let thread: BlockingThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

  private let url: String
  private let options: PostgresOptions
  private let queue: WorkQueue<Job>
  private let metrics: Locked<StoreMetrics>
  private let random: any RandomSource
  private var link: Link?
  private var hasLostLink = false

  init(
    thread: BlockingThread, url: String, options: PostgresOptions, queue: WorkQueue<Job>,
    metrics: Locked<StoreMetrics>, random: any RandomSource = SystemRandom()
  ) {
    self.thread = thread
    self.url = url
    self.options = options
    self.queue = queue
    self.metrics = metrics
    self.random = random
  }

  /// Connects for the first time, when a failure is the answer and not a reason to try again.
  func open() throws(StoreError) {
    link = try Link(url, options)
    queue.arrive()
  }

  /// Works until the queue is closed and empty, then closes the connection.
  func run() async {
    while connect(), let job = await queue.take(upTo: 1).first {
      handle(job)
      if let link, link.isBroken { drop() }
    }
    if link != nil { drop() }
  }

  /// - Returns: false when the queue was closed before the server could be reached.
  private func connect() -> Bool {
    var delay = options.firstDelay
    while link == nil {
      if queue.isClosed { return false }
      do {
        try reopen()
      } catch {
        // Why is in the error that callers get from the queue since the link was lost.
        pause(delay)
        delay = min(delay * 2, options.longestDelay)
      }
    }
    return true
  }

  /// Blocks the thread, which has nothing else to do. `Task.sleep` would need a thread of the
  /// common pool to wake up, and callers who try again and again can keep all of those busy.
  private func pause(_ delay: Duration) {
    let end = ContinuousClock.now + delay * (0.5 + random.fraction / 2)
    while ContinuousClock.now < end && !queue.isClosed { usleep(20_000) }
  }

  private func reopen() throws(StoreError) {
    link = try Link(url, options)
    queue.arrive()
    if hasLostLink { metrics.withLock { $0.reconnects += 1 } }
  }

  private func drop() {
    link = nil
    hasLostLink = true
    let reason = StoreError(
      .unavailable, "the connection to PostgreSQL is lost, trying to reconnect")
    for job in queue.depart(because: reason) { settle(job, .failure(reason)) }
  }

  private func settle(_ job: Job, _ result: Result<Delivery, any Error>) {
    metrics.withLock { metrics in
      metrics.count(job, succeeded: result.isSuccess)
      if result.isSuccess && !job.isReading { metrics.commits += 1 }
    }
    job.settle(result)
  }
}

extension PostgresConnection {
  private func handle(_ job: Job) {
    guard ContinuousClock.now - job.submitted < options.waitLimit else {
      let error = StoreError(.overloaded, "no connection to PostgreSQL became free in time")
      return settle(job, .failure(error))
    }
    // A server that was restarted meanwhile has left a dead link; nothing was sent on it yet, so
    // the job loses nothing by going over a new one.
    if let link, link.hasBeenClosed() { replaceLink() }
    guard let link else {
      return settle(job, .failure(StoreError(.unavailable, "PostgreSQL cannot be reached")))
    }
    var result = repeated(job, on: link)
    // Nothing was done, and nobody but the administrator knows why: once more over a new link.
    if link.isDismissed {
      replaceLink()
      if let fresh = self.link { result = repeated(job, on: fresh) }
    }
    settle(job, result)
  }

  private func replaceLink() {
    do {
      link = try Link(url, options)
      metrics.withLock { $0.reconnects += 1 }
    } catch {
      drop()
    }
  }

  /// Runs a job until it does not lose a race any more.
  private func repeated(_ job: Job, on link: Link) -> Result<Delivery, any Error> {
    let end = ContinuousClock.now + options.statementLimit
    var attempts = 0
    while true {
      let result = attempt(job, on: link)
      attempts += 1
      guard link.isRepetitionWanted, !link.isBroken, attempts <= options.repetitions,
        ContinuousClock.now < end
      else { return result }
      metrics.withLock { $0.repetitions += 1 }
      // Those who raced each other would do it again if they started again together.
      let longest = min(50_000, 500 << min(attempts, 10))
      usleep(UInt32(random.number(upTo: longest)))
    }
  }

  private func attempt(_ job: Job, on link: Link) -> Result<Delivery, any Error> {
    do {
      try link.beginUnit()
      if job.isSingle { return .success(try job.run(Transaction(LinkSession(link)))) }
      try link.perform(
        job.isReading ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN")
    } catch {
      return .failure(job.isSingle && !job.isReading ? honest(error, about: link) : error)
    }
    return bracketed(job, on: link)
  }

  /// The work between `BEGIN` and `COMMIT`.
  private func bracketed(_ job: Job, on link: Link) -> Result<Delivery, any Error> {
    let delivery: Delivery
    do {
      delivery = try job.run(Transaction(LinkSession(link)))
      // Caught by the work, perhaps; but the server would not store it.
      if link.isRepetitionWanted { throw StoreError(.busy, "another unit of work was faster") }
    } catch {
      rollBack(link)
      return .failure(error)
    }
    do {
      try link.perform("COMMIT")
      return .success(delivery)
    } catch {
      return .failure(job.isReading ? error : honest(error, about: link))
    }
  }

  /// Work under way when the link broke may have been stored.
  private func honest(_ error: any Error, about link: Link) -> any Error {
    guard link.isUncertain else { return error }
    return StoreError(
      .ambiguous, "the connection to PostgreSQL broke during a commit: it may be stored or not",
      detail: "\(error)")
  }

  private func rollBack(_ link: Link) {
    if link.isBroken { return }
    do {
      try link.perform("ROLLBACK")
    } catch {
      // A link in an unknown state is not used again; the server rolls back when it is gone.
      link.isBroken = true
    }
  }
}
