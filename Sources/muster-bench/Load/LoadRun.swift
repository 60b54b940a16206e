import Loop

/// A run on a loop and thread of its own: its scenario sleeps while the loop works, until the time
/// is over or something has come about.
protocol LoadRun: Actor {
  nonisolated var loop: EventLoop { get }
  /// The first thing that went wrong ends the run.
  var failure: String? { get set }
  /// The scenario, while it sleeps.
  var waiter: CheckedContinuation<Void, Never>? { get set }
}

extension LoadRun {
  /// Returns at once when the run has failed.
  func rest(_ seconds: Double) async {
    guard failure == nil else { return }
    await withCheckedContinuation { waiter in
      self.waiter = waiter
      let timer = Duration.milliseconds(Int64(seconds * 1000))
      loop.schedule(after: timer) { [unowned self] in assumeIsolated { $0.wakeUp() } }
    }
  }

  /// Ends a sleep that goes on; a timer that comes too late finds nobody.
  func wakeUp() {
    waiter?.resume()
    waiter = nil
  }

  func fail(_ reason: String) {
    if failure == nil { failure = reason }
    wakeUp()
  }
}
