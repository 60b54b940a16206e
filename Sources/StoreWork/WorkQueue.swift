internal import Primitives
package import Storage

/// A line of work with a bound, served by threads that take from its front.
///
/// A thread that finds nothing is parked, and the next piece of work wakes it with a single hop.
/// A piece is handed to exactly one thread; the one parked last goes first, its caches are warm.
package final class WorkQueue<Work: Sendable>: Sendable {
  private typealias Parked = CheckedContinuation<[Work], Never>

  private struct State {
    var waiting = Fifo<Work>()
    var parked: [Parked] = []
    var isClosed = false
    /// How many threads can serve, where they come and go.
    var servers = 0
    /// Why nothing is accepted while none of them can.
    var obstacle: StoreError?
    var refused = 0

    mutating func take(_ limit: Int) -> [Work] {
      let taken = Array(waiting.elements.prefix(limit))
      waiting.removeFirst(taken.count)
      return taken
    }
  }

  private let state = Locked(State())
  private let limit: Int

  /// - Parameter limit: how many pieces may wait; one more is refused.
  package init(limit: Int) { self.limit = limit }

  /// How many pieces wait, and how many were refused so far.
  package var load: (waiting: Int, refused: Int) {
    state.withLock { ($0.waiting.count, $0.refused) }
  }

  package var isClosed: Bool { state.withLock { $0.isClosed } }

  package func submit(_ work: Work) throws(StoreError) {
    let thread = try state.withLock { state throws(StoreError) -> Parked? in
      if state.isClosed { throw StoreError(.unavailable, "the store is closed") }
      if let obstacle = state.obstacle { throw obstacle }
      if let thread = state.parked.popLast() { return thread }
      guard state.waiting.count < limit else {
        state.refused += 1
        throw StoreError(.overloaded, "\(limit) units of work are waiting already")
      }
      state.waiting.append(work)
      return nil
    }
    thread?.resume(returning: [work])
  }

  /// Waits for work. Empty means: closed, and everything has been taken.
  package func take(upTo limit: Int) async -> [Work] {
    let ready = takeNow(upTo: limit)
    if !ready.isEmpty { return ready }
    return await withCheckedContinuation { thread in
      let ready: [Work]? = state.withLock { state in
        if !state.waiting.isEmpty || state.isClosed { return state.take(limit) }
        state.parked.append(thread)
        return nil
      }
      if let ready { thread.resume(returning: ready) }
    }
  }

  /// The waiting entries, without blocking.
  package func takeNow(upTo limit: Int) -> [Work] {
    state.withLock { $0.take(limit) }
  }

  /// One more thread can serve.
  package func arrive() {
    state.withLock { state in
      state.servers += 1
      state.obstacle = nil
    }
  }

  /// One thread less can serve. If it was the last, new work is refused until one arrives, and what
  /// waits is handed out, so that nobody waits in vain.
  package func depart(because obstacle: StoreError) -> [Work] {
    state.withLock { state in
      state.servers -= 1
      if state.servers > 0 { return [] }
      state.obstacle = obstacle
      return state.take(.max)
    }
  }

  /// Refuses new work. Waiting entries are still taken; then every thread gets an empty answer.
  package func close() {
    let parked = state.withLock { state in
      state.isClosed = true
      defer { state.parked = [] }
      return state.parked
    }
    for thread in parked { thread.resume(returning: []) }
  }
}
