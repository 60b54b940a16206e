/// Lets work with the same key pass one after another in the order of its arrival, and all other
/// work side by side.
public final class KeyedQueue<Key: Hashable & Sendable>: Sendable {
  /// The work that waits for its turn, per key that is busy.
  private let waiting = Locked<[Key: Fifo<CheckedContinuation<Void, Never>>]>([:])

  public init() {}

  public func inTurn<Result>(
    _ key: Key, _ body: () async throws -> Result
  ) async rethrows -> Result {
    await enter(key)
    defer { leave(key) }
    return try await body()
  }

  private func enter(_ key: Key) async {
    if takesFree(key) { return }
    await withCheckedContinuation { continuation in
      let isNext = waiting.withLock { waiting in
        if waiting[key] == nil {
          waiting[key] = Fifo()
          return true
        }
        waiting[key]?.append(continuation)
        return false
      }
      if isNext { continuation.resume() }
    }
  }

  /// Takes a key that is not busy: the usual case, without any waiting.
  private func takesFree(_ key: Key) -> Bool {
    waiting.withLock { waiting in
      guard waiting[key] == nil else { return false }
      waiting[key] = Fifo()
      return true
    }
  }

  /// Hands the key to the work that has waited longest.
  private func leave(_ key: Key) {
    let next = waiting.withLock { waiting in
      let next = waiting[key]?.popFirst()
      if next == nil { waiting[key] = nil }
      return next
    }
    next?.resume()
  }
}
