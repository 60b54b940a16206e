internal import CLinux
internal import Glibc

/// A thread of the system with one owner, who joins it or lets it go.
struct Thread: ~Copyable {
  private final class Start: Sendable {
    let name: String
    let core: Int?
    let body: @Sendable () -> Void

    init(name: String, core: Int?, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.core = core
      self.body = body
    }
  }

  private let handle: pthread_t

  /// Starts a thread that runs `body`. The kernel keeps 15 bytes of the name.
  init(name: String, core: Int? = nil, body: @escaping @Sendable () -> Void) {
    let start = unsafe Unmanaged.passRetained(Start(name: name, core: core, body: body))
    var handle = pthread_t()
    let status = unsafe pthread_create(
      &handle, nil,
      { context in
        guard let context = unsafe context else { return nil }
        let start = unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        Thread.dress(start.name, core: start.core)
        start.body()
        return nil
      }, start.toOpaque())
    precondition(status == 0, "cannot start a thread")
    self.handle = handle
  }

  private static func dress(_ name: String, core: Int?) {
    unsafe String(decoding: name.utf8.prefix(15), as: UTF8.self).withCString {
      unsafe clinux_name_this_thread($0)
    }
    // A core that does not exist is not worth failing for: the thread then runs anywhere.
    if let core { _ = clinux_pin_this_thread(Int32(clamping: core)) }
  }

  /// Detached: the stack is freed when the thread ends.
  deinit { pthread_detach(handle) }

  /// Waits for the end of the thread.
  consuming func join() {
    precondition(pthread_equal(handle, pthread_self()) == 0, "a thread cannot wait for itself")
    pthread_join(handle, nil)
    discard self
  }

  /// A number that tells this thread from all others that live.
  static var current: UInt { UInt(pthread_self()) }
}
