internal import Crypto
internal import Loop
internal import PluginKit
internal import Primitives

/// Hashes passwords on threads of its own, a few at once.
///
/// One hash takes 64 MiB and a good part of a second, on purpose. So at most `lanes` are worked on
/// and `waiting` more may queue; whoever comes then is told to come back, and a flood of logins
/// costs neither memory nor an event loop's time. One client may have a part of the places only.
final class PasswordHasher: Sendable {
  private struct Load {
    var perLane: [Int]
    var isStopped = false
    var perClient: [ClientKey: Int] = [:]
    var total: Int { perLane.reduce(0, +) }
  }

  private let lanes: [HashLane]
  private let limit: Int
  /// Places of one client.
  private let share: Int
  private let load: Locked<Load>
  private let cost: PasswordHash.Cost

  init(lanes: Int, waiting: Int, cost: PasswordHash.Cost) {
    self.lanes = (0..<max(1, lanes)).map { HashLane(number: $0) }
    limit = self.lanes.count + waiting
    share = max(1, limit / 4)
    load = Locked(Load(perLane: Array(repeating: 0, count: max(1, lanes))))
    self.cost = cost
  }

  /// Throws `PluginError.unavailable` when too many wait.
  ///
  /// - Parameter client: nil for operators, who have no share.
  func hash(_ password: String, for client: ClientKey?) async throws -> String {
    let cost = cost
    return try await onLane(for: client) { try await $0.run { Secrets.hash(password, cost: cost) } }
  }

  /// Is `password` the one that was hashed? Also says whether the hash is weaker than today's.
  func verify(_ password: String, _ hash: String, for client: ClientKey?) async throws
    -> (isRight: Bool, isWeak: Bool)
  {
    let cost = cost
    return try await onLane(for: client) { lane in
      try await lane.run {
        (
          Secrets.verify(password, hash: hash), Secrets.isWeak(hash, comparedWith: cost)
        )
      }
    }
  }

  /// Ends the threads after the work they have, and waits for that.
  func stop() {
    load.withLock { $0.isStopped = true }
    for lane in lanes { lane.stop() }
  }

  private func onLane<Result: Sendable>(
    for client: ClientKey?, _ body: (HashLane) async throws -> Result
  ) async throws -> Result {
    guard let index = reserve(for: client) else {
      throw PluginError(
        .unavailable, "too many passwords are being checked at once", retryAfterSeconds: 1)
    }
    defer { release(index, of: client) }
    return try await body(lanes[index])
  }

  private func release(_ index: Int, of client: ClientKey?) {
    load.withLock { load in
      load.perLane[index] -= 1
      guard let client, let count = load.perClient[client] else { return }
      load.perClient[client] = count > 1 ? count - 1 : nil
    }
  }

  private func reserve(for client: ClientKey?) -> Int? {
    let (limit, share) = (limit, share)
    return load.withLock { load in
      let own = client.flatMap { load.perClient[$0] } ?? 0
      guard !load.isStopped, load.total < limit, own < share,
        let index = load.perLane.indices.min(by: { load.perLane[$0] < load.perLane[$1] })
      else { return nil }
      load.perLane[index] += 1
      if let client { load.perClient[client] = own + 1 }
      return index
    }
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
