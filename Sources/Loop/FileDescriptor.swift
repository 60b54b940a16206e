internal import Glibc

/// An open file descriptor with one owner; it is closed when the owner lets go of it.
public struct FileDescriptor: ~Copyable, Sendable {
  public let rawValue: Int32

  /// Takes over `rawValue`, which nobody else may close any more.
  public init(owning rawValue: Int32) {
    self.rawValue = rawValue
  }

  // A failed close (EINTR, EIO) leaves the descriptor closed on Linux: there is nothing to repeat.
  deinit { _ = close(rawValue) }
}
