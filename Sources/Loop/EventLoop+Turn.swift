internal import Primitives
internal import Synchronization

// One turn, from the outside in: what is waited for, in which order it is served.
extension EventLoop {
  // Jobs that make jobs are run in the same turn, so that a chain of them ends before the client
  // writes. The bound keeps a task that yields for ever from starving the descriptors.
  private static var jobRounds: Int { 32 }

  /// Does one turn; true when it was the last.
  func turn(for client: (any LoopClient)?) -> Bool {
    let waiting = sleep()
    cachedNow = time.monotonic
    cachedUnix = nil
    meter.begin(at: cachedNow)
    client?.loopReady(ready)
    tellWatchers()
    runJobs()
    fireTimers(for: client)
    client?.loopWillSleep()
    turnEnd = time.monotonic
    meter.end(at: turnEnd)
    for waiter in waiting.turnWaiters { waiter.resume() }
    return waiting.isStopping
  }

  private typealias Waiting = (
    turnWaiters: [CheckedContinuation<Void, Never>], isStopping: Bool
  )

  /// Sleeps unless there is work already.
  private func sleep() -> Waiting {
    let timeout = pollTimeout()
    if timeout != 0 { isSleeping.store(true, ordering: .relaxed) }
    let (hasWork, waiting) = inbox.withLock { inbox in
      let hasWork =
        inbox.isWoken || inbox.isStopping || !inbox.jobs.isEmpty || !inbox.actions.isEmpty
        || !inbox.turnWaiters.isEmpty
      inbox.isWoken = false
      let waiting: Waiting = (inbox.turnWaiters, inbox.isStopping)
      if !inbox.turnWaiters.isEmpty { inbox.turnWaiters = [] }
      return (hasWork, waiting)
    }
    poller.wait(timeout: hasWork ? 0 : timeout, client: &ready, own: &ownReady)
    isSleeping.store(false, ordering: .relaxed)
    return waiting
  }

  /// Milliseconds until the wheel must be looked at, rounded up; -1 when nothing is scheduled.
  private func pollTimeout() -> Int32 {
    guard let deadline = wheel.nextDeadline else { return -1 }
    if deadline <= turnEnd { return 0 }
    // The clock stands still until somebody turns it, and whoever turns it wakes the loop.
    if time.isTurnedByHand { return -1 }
    return Int32(clamping: (deadline - turnEnd + 999_999) / 1_000_000)
  }

  private func tellWatchers() {
    for readiness in ownReady { watchers[readiness.token]?(readiness) }
  }

  func runJobs() {
    let executor = unsafe asUnownedSerialExecutor()
    for _ in 0..<Self.jobRounds {
      inbox.withLock { inbox in
        swap(&inbox.jobs, &jobs)
        swap(&inbox.actions, &actions)
      }
      if jobs.isEmpty && actions.isEmpty { return }
      for job in jobs { unsafe job.runSynchronously(on: executor) }
      jobs.removeAll(keepingCapacity: true)
      for action in actions { action() }
      actions.removeAll(keepingCapacity: true)
    }
  }

  private func fireTimers(for client: (any LoopClient)?) {
    wheel.advance(to: cachedNow)
    guard wheel.nextDeadline == 0 else { return }
    client?.loopTimersDue()
    // Without a client, or with one that left some, the closures still get their turn.
    while nextDueTimer() != nil {}
  }
}
