internal import Glibc
internal import Loop

/// Files, on a thread that may block: what is sent from disk and what uploads are kept in.
actor DiskThread {
  private let thread = BlockingThread(name: "muster-disk")
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  struct Facts: Sendable {
    let size: Int
    /// Unix seconds.
    let modified: Int
    /// The fraction of the second that follows them.
    let nanoseconds: Int
  }

  /// A file that is open. Its holder gives it back to `close`.
  struct Handle: Sendable {
    fileprivate let descriptor: Int32
    let facts: Facts
  }

  /// Opens a plain file to be read; nil if there is none.
  func open(_ path: String) -> Handle? {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      Glibc.close(descriptor)
      return nil
    }
    return Handle(
      descriptor: descriptor,
      facts: Facts(
        size: Int(facts.st_size), modified: Int(facts.st_mtim.tv_sec),
        nanoseconds: Int(facts.st_mtim.tv_nsec)))
  }

  /// The bytes of a part of the file; fewer only if it has become shorter or cannot be read.
  func read(_ handle: Handle, _ part: Range<Int>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: part.count) { room, filled in
      while filled < part.count {
        let count = pread(
          handle.descriptor, room.baseAddress! + filled, part.count - filled,
          part.lowerBound + filled)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return }
        filled += count
      }
    }
  }

  func close(_ handle: Handle) { Glibc.close(handle.descriptor) }

  /// A new file that only we can read, for an upload; nil if the disk refuses.
  func make(in folder: String) -> (path: String, handle: Handle)? {
    mkdir(folder, 0o700)
    var template = Array("\(folder)/upload-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { return nil }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return (
      path, Handle(descriptor: descriptor, facts: Facts(size: 0, modified: 0, nanoseconds: 0))
    )
  }

  /// Adds bytes at the end; false if the disk is full or broken.
  func append(_ bytes: [UInt8], to handle: Handle) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(handle.descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  func remove(_ paths: [String]) {
    for path in paths { unlink(path) }
  }
}
