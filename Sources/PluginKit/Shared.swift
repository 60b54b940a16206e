internal import Glibc

/// Something that all calls of a plugin share and that only one of them can touch at a time.
///
/// For what a plugin remembers between calls: small tables and counters, held for a moment. An
/// actor would do too, but every look at it would leave the event loop and come back.
///
/// @unchecked Sendable: `value` is reached through `withLock` alone, which holds `mutex`.
public final class Shared<Value>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  public init(_ initial: consuming sending Value) {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    value = initial
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` with the value while everybody else waits. It cannot wait itself, and must not
  /// take a second lock.
  public func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
