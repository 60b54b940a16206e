internal import CLinux
internal import Glibc
internal import Synchronization

/// Requests of the system to a server.
public enum Signal: Int32, Sendable, CaseIterable {
  /// Ctrl-C.
  case interrupt = 2
  /// The service manager wants an end.
  case terminate = 15
  /// The configuration or the certificate has changed.
  case hangUp = 1
  /// Free for the operator.
  case user1 = 10
}

/// Turns signals into calls on a loop.
///
/// A signal handler writes the number into a pipe that the loop reads. `signalfd` would need every
/// thread of the process to block the signals, those of the runtime and of C libraries too.
public enum Signals {
  // The writing end, for the handler, which may neither lock nor allocate. Never closed.
  fileprivate static let pipe = Atomic<Int32>(-1)

  /// A broken connection becomes an error of `send` instead of the end of the process.
  public static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

  /// A file that has reached the process's limit becomes an error of `write`, as a full disk is.
  public static func ignoreFileLimits() { _ = signal(SIGXFSZ, SIG_IGN) }

  /// Calls `handler` on `loop` for every one of `signals` that arrives. Equal signals that arrive
  /// together may count as one. Once per process.
  public static func deliver(
    _ signals: [Signal] = Signal.allCases, on loop: EventLoop,
    to handler: @escaping @Sendable (Signal) -> Void
  ) throws(LoopError) {
    var ends: [2 of Int32] = [-1, -1]
    var span = ends.mutableSpan
    let status = unsafe span.withUnsafeMutableBufferPointer { unsafe clinux_pipe($0.baseAddress) }
    guard status == 0 else { throw LoopError(.last, "open a pipe for signals") }
    let (reading, writing) = (ends[0], ends[1])
    let isFirst = pipe.compareExchange(
      expected: -1, desired: writing, ordering: .sequentiallyConsistent
    ).exchanged
    precondition(isFirst, "signals are delivered to one loop only")
    loop.post { listen(to: FileDescriptor(owning: reading), on: loop, handler) }
    for signal in signals { install(signal) }
  }

  private static func listen(
    to pipe: consuming FileDescriptor, on loop: EventLoop,
    _ handler: @escaping @Sendable (Signal) -> Void
  ) {
    let source = SignalSource(pipe: pipe, handler: handler)
    do {
      try loop.watch(source.descriptor, interest: .read) { _, _ in source.drain() }
    } catch {
      // Only a kernel without memory refuses, at a moment when the server has just started.
      preconditionFailure("cannot watch for signals: \(error)")
    }
  }

  private static func install(_ signal: Signal) {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = { number in
      // The interrupted code may be about to look at errno.
      let before = errno
      var byte = UInt8(truncatingIfNeeded: number)
      _ = unsafe write(Signals.pipe.load(ordering: .relaxed), &byte, 1)
      errno = before
    }
    action.sa_flags = SA_RESTART
    unsafe sigaction(signal.rawValue, &action, nil)
  }
}

/// The reading end of the pipe, used on one loop.
private final class SignalSource {
  private let pipe: FileDescriptor
  private let handler: @Sendable (Signal) -> Void

  init(pipe: consuming FileDescriptor, handler: @escaping @Sendable (Signal) -> Void) {
    self.pipe = pipe
    self.handler = handler
  }

  var descriptor: Int32 { pipe.rawValue }

  func drain() {
    var byte: UInt8 = 0
    while unsafe read(pipe.rawValue, &byte, 1) == 1 {
      if let signal = Signal(rawValue: Int32(byte)) { handler(signal) }
    }
  }
}
