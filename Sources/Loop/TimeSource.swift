internal import Glibc
internal import Primitives

/// Where time comes from. Everything that looks at a clock takes one, so that tests turn it by hand.
public protocol TimeSource: Sendable {
  /// Nanoseconds since some fixed moment; never goes back.
  var monotonic: UInt64 { get }
  /// Milliseconds since 1970 in UTC; jumps when somebody sets the clock.
  var unixMilliseconds: Int64 { get }
  /// True when time stands still until somebody moves it; a loop then sleeps until it is told.
  var isTurnedByHand: Bool { get }
  /// Calls `wake` after every move of a clock that is turned by hand.
  func whenTurned(_ wake: @escaping @Sendable () -> Void)
}

extension TimeSource {
  public var isTurnedByHand: Bool { false }
  public func whenTurned(_ wake: @escaping @Sendable () -> Void) {}
}

/// The clocks of the machine.
public struct SystemTime: TimeSource {
  public init() {}

  public var monotonic: UInt64 {
    let time = Self.read(CLOCK_MONOTONIC)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  public var unixMilliseconds: Int64 {
    let time = Self.read(CLOCK_REALTIME)
    return Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec / 1_000_000)
  }

  private static func read(_ clock: Int32) -> timespec {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return time
  }
}

/// Time that passes only when somebody says so.
public final class ManualTime: TimeSource {
  private struct State {
    var monotonic: UInt64
    var unixNanoseconds: Int64
    var wakes: [@Sendable () -> Void] = []
  }

  private let state: Locked<State>

  public init(monotonic: UInt64 = 1_000_000_000, unixMilliseconds: Int64 = 1_795_231_000_000) {
    state = Locked(
      State(monotonic: monotonic, unixNanoseconds: unixMilliseconds * 1_000_000))
  }

  public var monotonic: UInt64 { state.withLock { $0.monotonic } }
  public var unixMilliseconds: Int64 { state.withLock { $0.unixNanoseconds / 1_000_000 } }
  public var isTurnedByHand: Bool { true }

  public func whenTurned(_ wake: @escaping @Sendable () -> Void) {
    state.withLock { $0.wakes.append(wake) }
  }

  /// Sets the clock on the wall, as somebody does to that of a machine.
  public func setWall(unixMilliseconds: Int64) {
    state.withLock { $0.unixNanoseconds = unixMilliseconds * 1_000_000 }
  }

  /// Moves both clocks forward and wakes the loops that run on this time. To see what their timers
  /// did, wait for `EventLoop.finishTurn()`.
  public func advance(by step: Duration) {
    let nanoseconds = step.nanoseconds
    let wakes = state.withLock { state in
      state.monotonic += nanoseconds
      state.unixNanoseconds += Int64(nanoseconds)
      return state.wakes
    }
    for wake in wakes { wake() }
  }
}

extension Duration {
  /// Whole nanoseconds; a negative duration is none.
  public var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    if seconds < 0 || attoseconds < 0 { return 0 }
    return UInt64(seconds) &* 1_000_000_000 &+ UInt64(attoseconds / 1_000_000_000)
  }
}
