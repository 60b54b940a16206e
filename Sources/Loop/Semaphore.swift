internal import Glibc

/// A count that a thread can wait on.
///
/// @unchecked Sendable: the pointer is immutable and the calls behind it are made for many threads.
@safe final class Semaphore: @unchecked Sendable {
  private let handle: UnsafeMutablePointer<sem_t>

  init() {
    unsafe handle = .allocate(capacity: 1)
    unsafe handle.initialize(to: sem_t())
    unsafe sem_init(handle, 0, 0)
  }

  deinit {
    unsafe sem_destroy(handle)
    unsafe handle.deallocate()
  }

  func signal() { unsafe sem_post(handle) }

  /// Waits until the count is above zero and takes one.
  func wait() {
    // Interrupted by a signal handler: nothing was taken.
    while unsafe sem_wait(handle) != 0 {}
  }
}
