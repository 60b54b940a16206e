internal import PluginKit
internal import Primitives

/// A few threads among which calls are spread; too many at once are refused.
///
/// A host gets at most half of the threads at once. One that hangs holds up its own calls, and the
/// calls to other hosts find a free thread.
final class LanePool: Sendable {
  /// The calls per lane, to all hosts and to each one.
  private struct Load {
    var all: [Int]
    var byHost: [String: [Int]] = [:]
  }

  private let lanes: [TransferLane]
  private let limit: Int
  private let share: Int
  private let load: Locked<Load>
  private let isStopped = Locked(false)

  init(_ lanes: [TransferLane], waiting: Int) {
    self.lanes = lanes
    limit = lanes.count + waiting
    share = max(1, lanes.count / 2)
    load = Locked(Load(all: lanes.map { _ in 0 }))
  }

  func withLane<Result: Sendable>(
    to host: String, _ body: (TransferLane) async throws(TransferError) -> Result
  ) async throws -> Result {
    guard let index = reserve(for: host) else {
      throw PluginError(.unavailable, "too many calls at once", retryAfterSeconds: 1)
    }
    defer { release(index, of: host) }
    return try await body(lanes[index])
  }

  /// New work is refused from now on.
  func stop() {
    isStopped.withLock { $0 = true }
    for lane in lanes { lane.stop() }
  }

  private func reserve(for host: String) -> Int? {
    guard !isStopped.withLock({ $0 }) else { return nil }
    let (limit, share) = (limit, share)
    return load.withLock { load in
      guard load.all.reduce(0, +) < limit else { return nil }
      var own = load.byHost[host] ?? load.all.map { _ in 0 }
      let held = own.indices.filter { own[$0] > 0 }
      let candidates = held.count < share ? Array(load.all.indices) : held
      guard let index = candidates.min(by: { load.all[$0] < load.all[$1] }) else { return nil }
      load.all[index] += 1
      own[index] += 1
      load.byHost[host] = own
      return index
    }
  }

  private func release(_ index: Int, of host: String) {
    load.withLock { load in
      load.all[index] -= 1
      load.byHost[host]?[index] -= 1
      if load.byHost[host]?.allSatisfy({ $0 == 0 }) == true { load.byHost[host] = nil }
    }
  }
}
