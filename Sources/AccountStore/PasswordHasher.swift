internal import Crypto
internal import Loop
internal import PluginKit
internal import Primitives

/// Hashes passwords on threads of its own, a few at once.
///
/// One hash takes 64 MiB and a good part of a second, on purpose. So at most `lanes` are worked on
/// and `waiting` more may queue, where clients take turns: see `HashQueue`. A hash without a place
/// is told to come back, so that a flood of logins costs neither memory nor an event loop's time.
final class PasswordHasher: Sendable {
  private let lanes: [BlockingThread]
  private let load: Locked<HashLoad>
  private let cost: PasswordHash.Cost

  init(lanes: Int, waiting: Int, cost: PasswordHash.Cost) {
    self.lanes = (0..<max(1, lanes)).map { BlockingThread(name: "password-\($0)") }
    let share = max(1, (self.lanes.count + waiting) / 4)
    load = Locked(
      HashLoad(idle: self.lanes, queue: HashQueue(capacity: waiting, share: share)))
    self.cost = cost
  }

  /// Throws `PluginError.unavailable` when too many wait.
  ///
  /// - Parameter client: nil for operators, who have no share.
  func hash(_ password: String, for client: ClientKey?) async throws -> String {
    let cost = cost
    return try await onLane(for: client) { Secrets.hash(password, cost: cost) }
  }

  /// Is `password` the one that was hashed? Also returns a new hash where the old one is weaker than
  /// today's: made at once, it needs no second place.
  func verify(_ password: String, _ hash: String, for client: ClientKey?) async throws
    -> (isRight: Bool, stronger: String?)
  {
    let cost = cost
    return try await onLane(for: client) {
      guard Secrets.verify(password, hash: hash) else { return (false, nil) }
      let isWeak = Secrets.isWeak(hash, comparedWith: cost)
      return (true, isWeak ? Secrets.hash(password, cost: cost) : nil)
    }
  }

  /// Ends the threads after the hashes that have begun, and waits for that. Hashes that wait, and
  /// later ones, are refused.
  func stop() {
    for job in load.withLock({ $0.stop() }) { job.refuse() }
    for lane in lanes {
      lane.stop()
      lane.join()
    }
  }

  fileprivate static let busy = PluginError(
    .unavailable, "too many passwords are being checked at once", retryAfterSeconds: 1)

  private func onLane<Result: Sendable>(
    for client: ClientKey?, _ work: @escaping @Sendable () -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { waiter in
      let job = HashJob(
        perform: {
          let result = work()
          return { waiter.resume(returning: result) }
        },
        refuse: { waiter.resume(throwing: PasswordHasher.busy) })
      // A lane gets its job within the lock: a stop comes before it or after it.
      let surplus = load.withLock { load in
        let entry = load.enter(job, for: client)
        if case .begins(let lane) = entry { lane.run { self.serve(job, lane) } }
        return entry.surplus
      }
      surplus?.refuse()
    }
  }

  /// Performs a job and then those that wait, on the lane's thread.
  private func serve(_ first: HashJob, _ lane: BlockingThread) {
    var job: HashJob? = first
    while let current = job {
      let tell = current.perform()
      job = load.withLock { $0.next(for: lane) }
      // The lane is free by then: a caller that comes again at once finds it.
      tell()
    }
  }
}

/// One of the two is called, once.
private struct HashJob: Sendable {
  /// Hashes, and returns what tells the caller.
  let perform: @Sendable () -> @Sendable () -> Void
  let refuse: @Sendable () -> Void
}

/// The lanes that are idle and the hashes that wait for one.
private struct HashLoad {
  enum Entry {
    case waits
    /// There is no place for this one, which may be another than the newcomer.
    case refuses(HashJob)
    case begins(BlockingThread)

    var surplus: HashJob? {
      if case .refuses(let job) = self { job } else { nil }
    }
  }

  private var idle: [BlockingThread]
  private var queue: HashQueue
  private var jobs: [HashQueue.Ticket: HashJob] = [:]
  private var lastTicket: HashQueue.Ticket = 0
  private var isStopped = false

  init(idle: [BlockingThread], queue: HashQueue) {
    self.idle = idle
    self.queue = queue
  }

  mutating func enter(_ job: HashJob, for client: ClientKey?) -> Entry {
    if isStopped { return .refuses(job) }
    if let lane = idle.popLast() { return .begins(lane) }
    lastTicket += 1
    let admission = queue.enter(lastTicket, for: client)
    if admission == .refused { return .refuses(job) }
    jobs[lastTicket] = job
    guard case .displaces(let ticket) = admission, let displaced = jobs.removeValue(forKey: ticket)
    else { return .waits }
    return .refuses(displaced)
  }

  /// The job that a lane takes over; without one the lane is idle.
  mutating func next(for lane: BlockingThread) -> HashJob? {
    if let ticket = queue.next(), let job = jobs.removeValue(forKey: ticket) { return job }
    idle.append(lane)
    return nil
  }

  /// Returns the jobs for which there will be no lane.
  mutating func stop() -> [HashJob] {
    isStopped = true
    defer { jobs = [:] }
    while queue.next() != nil {}
    return Array(jobs.values)
  }
}
