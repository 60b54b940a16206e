internal import CLinux

/// The events of interest on a descriptor. Level-triggered: it is told again in every turn
/// while it holds, so a reader may stop after one `recv`.
public struct Interest: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let read = Interest(rawValue: 1)
  public static let write = Interest(rawValue: 2)
  /// Of several loops that watch one socket, the kernel wakes one, not all. Only for a new
  /// registration, never for `modify`.
  public static let exclusive = Interest(rawValue: 4)

  var epoll: UInt32 {
    (contains(.read) ? EPOLLIN.rawValue : 0) | (contains(.write) ? EPOLLOUT.rawValue : 0)
      | (contains(.exclusive) ? EPOLLEXCLUSIVE.rawValue : 0)
  }
}

/// An event of the kernel for one registered descriptor.
public struct Readiness: Sendable {
  /// The key under which the descriptor was registered.
  public let token: UInt64
  let events: UInt32

  /// There is something to read: bytes, the end, or an error that `recv` will name.
  public var isReadable: Bool {
    events & (EPOLLIN.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
  }

  /// There is room to write, or an error that `send` will name.
  public var isWritable: Bool { events & (EPOLLOUT.rawValue | EPOLLERR.rawValue) != 0 }

  /// Both directions are closed or the connection is broken; told even without any interest.
  public var isBroken: Bool { events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
}

/// The owner of a loop. All calls come on the loop's thread, in this order, so an actor on the
/// loop can open each with `assumeIsolated`.
public protocol LoopClient: AnyObject, Sendable {
  /// A turn begins. Called once in every turn; `ready` is empty when something else woke the loop.
  func loopReady(_ ready: [Readiness])
  /// Timers have come due; `EventLoop.nextDueTimer()` hands them out. Called only when there are any.
  func loopTimersDue()
  /// The turn is over: time to write what has gathered. Jobs made here run before the loop sleeps.
  func loopWillSleep()
}
