// Time, as the loop's own thread sees it.
extension EventLoop {
  public typealias Timer = TimerWheel.Timer

  /// The monotonic clock in nanoseconds, read once per turn. On the loop only.
  public var now: UInt64 {
    checkIsolated()
    return cachedNow
  }

  /// Milliseconds since 1970, read at most once per turn. On the loop only.
  public var unixMilliseconds: Int64 {
    checkIsolated()
    if let cachedUnix { return cachedUnix }
    let value = time.unixMilliseconds
    cachedUnix = value
    return value
  }

  /// Gives `token` to the client after `delay`. Takes no memory. On the loop only.
  /// - Parameter token: anything whose highest bit is clear.
  public func schedule(after delay: Duration, token: UInt64) -> Timer {
    schedule(at: now &+ delay.nanoseconds, token: token)
  }

  /// Gives `token` to the client at `deadline`, in nanoseconds like `now`. On the loop only.
  public func schedule(at deadline: UInt64, token: UInt64) -> Timer {
    checkIsolated()
    precondition(token & Poller.ownBit == 0, "the highest bit of a token belongs to the loop")
    return wheel.schedule(at: deadline, token: token)
  }

  /// Runs `action` on the loop after `delay`. For rare timers: it takes memory. On the loop only.
  @discardableResult public func schedule(
    after delay: Duration, perform action: @escaping () -> Void
  ) -> Timer {
    checkIsolated()
    let token = makeOwnToken()
    timerActions[token] = action
    return wheel.schedule(at: cachedNow &+ delay.nanoseconds, token: token)
  }

  /// Moves a timer to `delay` from now; false if it has fired or was cancelled. On the loop only.
  @discardableResult public func rearm(_ timer: Timer, after delay: Duration) -> Bool {
    rearm(timer, at: now &+ delay.nanoseconds)
  }

  /// Moves a timer to `deadline`; false if it has fired or was cancelled. On the loop only.
  @discardableResult public func rearm(_ timer: Timer, at deadline: UInt64) -> Bool {
    checkIsolated()
    return wheel.rearm(timer, at: deadline)
  }

  /// Forgets a timer; false if it has fired or was cancelled. On the loop only. A timer that is due
  /// in this very turn and has not been handed out yet can still be cancelled.
  @discardableResult public func cancel(_ timer: Timer) -> Bool {
    checkIsolated()
    guard let token = wheel.cancel(timer) else { return false }
    if token & Poller.ownBit != 0 { timerActions[token] = nil }
    return true
  }

  /// The token of the next timer that has come due, nil when there is none left. For the client,
  /// in `loopTimersDue()`; the loop's own closures run on the way.
  public func nextDueTimer() -> UInt64? {
    checkIsolated()
    while let token = wheel.popExpired() {
      guard token & Poller.ownBit != 0 else { return token }
      timerActions.removeValue(forKey: token)?()
    }
    return nil
  }

  func makeOwnToken() -> UInt64 {
    lastOwnToken += 1
    return lastOwnToken
  }
}
