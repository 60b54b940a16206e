internal import Crypto
internal import Loop
internal import PluginKit
internal import Primitives

/// Hashes passwords on threads of its own, a few at once.
///
/// One hash takes 64 MiB and a good part of a second, on purpose. At most `lanes` run at once, and
/// `waiting` more may queue, where clients take turns: see `HashQueue`. A hash that finds the queue
/// full is refused, so a flood of logins costs neither memory nor an event loop's time.
final class PasswordHasher: Sendable {
  private let lanes: [HashLane]
  private let load: Locked<HashLoad>
  private let cost: PasswordHash.Cost

  init(lanes: Int, waiting: Int, cost: PasswordHash.Cost) {
    self.lanes = (0..<max(1, lanes)).map { HashLane(number: $0) }
    let share = max(1, (self.lanes.count + waiting) / 4)
    load = Locked(
      HashLoad(idle: self.lanes, queue: HashQueue(capacity: waiting, share: share)))
    self.cost = cost
  }

  /// Throws `PluginError.unavailable` if the queue is full.
  ///
  /// - Parameter client: nil for operators, who have no share.
  func hash(_ password: String, for client: ClientKey?) async throws -> String {
    let cost = cost
    return try await onLane(for: client) { try await $0.run { Secrets.hash(password, cost: cost) } }
  }

  /// Whether `password` is the hashed one. Also returns a new hash if the old one is weaker than
  /// today's: made at once, it needs no second turn.
  func verify(_ password: String, _ hash: String, for client: ClientKey?) async throws
    -> (isRight: Bool, stronger: String?)
  {
    let cost = cost
    return try await onLane(for: client) { lane in
      try await lane.run {
        guard Secrets.verify(password, hash: hash) else { return (false, nil) }
        let isWeak = Secrets.isWeak(hash, comparedWith: cost)
        return (true, isWeak ? Secrets.hash(password, cost: cost) : nil)
      }
    }
  }

  /// Ends the threads after the work they have, and waits for that. Hashes that wait are refused.
  func stop() {
    for waiter in load.withLock({ $0.stop() }) { waiter.resume(throwing: PasswordHasher.busy) }
    for lane in lanes { lane.stop() }
  }

  private static let busy = PluginError(
    .unavailable, "too many passwords are being checked at once", retryAfterSeconds: 1)

  private func onLane<Result: Sendable>(
    for client: ClientKey?, _ body: (HashLane) async throws -> Result
  ) async throws -> Result {
    let lane = try await lane(for: client)
    defer { release(lane) }
    return try await body(lane)
  }

  private func lane(for client: ClientKey?) async throws -> HashLane {
    if let idle = load.withLock({ $0.takeIdle() }) { return idle }
    return try await withCheckedThrowingContinuation { waiter in
      switch load.withLock({ $0.enter(waiter, for: client) }) {
      case .waits: return
      case .refuses(let surplus): surplus.resume(throwing: PasswordHasher.busy)
      case .begins(let lane): waiter.resume(returning: lane)
      }
    }
  }

  private func release(_ lane: HashLane) {
    load.withLock { $0.release(lane) }?.resume(returning: lane)
  }
}

/// The lanes that are idle and the hashes that wait for one.
private struct HashLoad {
  typealias Waiter = CheckedContinuation<HashLane, any Error>

  enum Entry {
    case waits
    /// This waiter is refused, which may be another one than the newcomer.
    case refuses(Waiter)
    case begins(HashLane)
  }

  private var idle: [HashLane]
  private var queue: HashQueue
  private var waiters: [HashQueue.Ticket: Waiter] = [:]
  private var lastTicket: HashQueue.Ticket = 0
  private var isStopped = false

  init(idle: [HashLane], queue: HashQueue) {
    self.idle = idle
    self.queue = queue
  }

  mutating func takeIdle() -> HashLane? { isStopped ? nil : idle.popLast() }

  mutating func enter(_ waiter: Waiter, for client: ClientKey?) -> Entry {
    if isStopped { return .refuses(waiter) }
    if let lane = idle.popLast() { return .begins(lane) }
    lastTicket += 1
    let admission = queue.enter(lastTicket, for: client)
    if admission == .refused { return .refuses(waiter) }
    waiters[lastTicket] = waiter
    guard case .displaces(let ticket) = admission,
      let displaced = waiters.removeValue(forKey: ticket)
    else { return .waits }
    return .refuses(displaced)
  }

  /// Returns the waiter that takes the lane over.
  mutating func release(_ lane: HashLane) -> Waiter? {
    if let ticket = queue.next(), let waiter = waiters.removeValue(forKey: ticket) {
      return waiter
    }
    idle.append(lane)
    return nil
  }

  /// Returns the waiters, which get no lane any more.
  mutating func stop() -> [Waiter] {
    isStopped = true
    defer { waiters = [:] }
    while queue.next() != nil {}
    return Array(waiters.values)
  }
}

/// One thread that hashes.
private actor HashLane {
  private let thread: BlockingThread

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(number: Int) { thread = BlockingThread(name: "password-\(number)") }

  func run<Result: Sendable>(_ work: @Sendable () throws -> Result) async throws -> Result {
    try work()
  }

  nonisolated func stop() {
    thread.stop()
    thread.join()
  }
}
