internal import CLinux
internal import Glibc

/// The epoll set of a loop and the descriptor that wakes it.
@safe struct Poller: ~Copyable {
  /// Tokens with this bit belong to the loop itself.
  static let ownBit: UInt64 = 1 << 63
  private static let wakeToken = UInt64.max
  private static let capacity = 512

  private let set: FileDescriptor
  private let wake: FileDescriptor
  private let events: UnsafeMutablePointer<epoll_event>

  init() {
    let set = epoll_create1(Int32(EPOLL_CLOEXEC))
    let wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    precondition(set >= 0 && wake >= 0, "no file descriptors left for an event loop")
    self.set = FileDescriptor(owning: set)
    self.wake = FileDescriptor(owning: wake)
    unsafe events = .allocate(capacity: Self.capacity)
    // Edge-triggered: every write is a new edge, and the counter never has to be read back.
    let status = control(EPOLL_CTL_ADD, wake, Self.wakeToken, EPOLLIN.rawValue | EPOLLET.rawValue)
    precondition(status == 0, "cannot watch the wake-up descriptor")
  }

  deinit { unsafe events.deallocate() }

  /// Makes the present or the next `wait` return. From any thread.
  func interrupt() { _ = eventfd_write(wake.rawValue, 1) }

  func control(_ operation: Int32, _ descriptor: Int32, _ token: UInt64, _ events: UInt32) -> Int32
  {
    var event = unsafe epoll_event(events: events, data: epoll_data_t(u64: token))
    return unsafe epoll_ctl(set.rawValue, operation, descriptor, &event)
  }

  /// Sleeps until something is ready, at most `timeout` ms (-1: for ever), and sorts what is: into
  /// the client's list and the loop's own. Both are filled in place, without an allocation.
  func wait(timeout: Int32, client: inout [Readiness], own: inout [Readiness]) {
    client.removeAll(keepingCapacity: true)
    own.removeAll(keepingCapacity: true)
    let count = unsafe epoll_wait(set.rawValue, events, Int32(Self.capacity), timeout)
    guard count > 0 else { return }
    for index in 0..<Int(count) {
      let event = unsafe events[index]
      let token = unsafe event.data.u64
      let readiness = unsafe Readiness(token: token, events: event.events)
      if token & Self.ownBit == 0 {
        client.append(readiness)
      } else if token != Self.wakeToken {
        own.append(readiness)
      }
    }
  }
}
