internal import Loop
internal import Primitives

/// Wakes the one who waits: at once when it rings, otherwise after a while.
final class Bell: Sendable {
  private struct State {
    var hasRung = false
    var sleeper: CheckedContinuation<Void, Never>?
  }

  private let state = Locked(State())

  /// A ring that nobody waits for ends the next wait at once.
  func ring() {
    let sleeper = state.withLock { state in
      state.hasRung = state.sleeper == nil
      return state.sleeper.take()
    }
    sleeper?.resume()
  }

  func wait(atMost pause: Duration) async {
    // The ring wakes first in most cases; the timer is cancelled then.
    let timer = Task.detached { [self] in
      try? await Task.sleep(for: pause)
      if !Task.isCancelled { ring() }
    }
    await withCheckedContinuation { continuation in
      let hasRung = state.withLock { state in
        if !state.hasRung { state.sleeper = continuation }
        return state.hasRung
      }
      if hasRung { continuation.resume() }
    }
    state.withLock { $0.hasRung = false }
    timer.cancel()
  }
}
