internal import Loop
internal import PluginKit

/// A few threads among which calls are spread; too many at once are refused.
final class LanePool: Sendable {
  private let lanes: [TransferLane]
  private let limit: Int
  private let load: Locked<[Int]>
  private let isStopped = Locked(false)

  init(_ lanes: [TransferLane], waiting: Int) {
    self.lanes = lanes
    limit = lanes.count + waiting
    load = Locked(lanes.map { _ in 0 })
  }

  func withLane<Result: Sendable>(
    _ body: (TransferLane) async throws(TransferError) -> Result
  ) async throws -> Result {
    guard let index = reserve() else {
      throw PluginError(.unavailable, "too many calls at once", retryAfterSeconds: 1)
    }
    defer { load.withLock { $0[index] -= 1 } }
    return try await body(lanes[index])
  }

  /// New work is refused from now on.
  func stop() {
    isStopped.withLock { $0 = true }
    for lane in lanes { lane.stop() }
  }

  private func reserve() -> Int? {
    guard !isStopped.withLock({ $0 }) else { return nil }
    let limit = limit
    return load.withLock { load in
      guard load.reduce(0, +) < limit,
        let index = load.indices.min(by: { load[$0] < load[$1] })
      else { return nil }
      load[index] += 1
      return index
    }
  }
}
