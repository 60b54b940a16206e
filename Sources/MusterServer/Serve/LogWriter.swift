internal import Configuration
internal import Glibc
internal import HubCore
internal import JSON
internal import Loop
internal import PluginKit
internal import Primitives

/// Writes log lines on a thread of its own, so that a slow disk or terminal never holds up a loop.
///
/// When more gathers than can be written, lines are dropped and counted, and the count is written.
final class LogWriter: Sendable {
  private struct Queue {
    var lines: [String] = []
    var dropped = 0
    var isStopping = false
  }

  private static let capacity = 10_000

  private let queue = Locked(Queue())
  private let level: Locked<Log.Level>
  private let format: LogFormat
  private let clock: any WallClock
  private let wakeUp = BlockingThread(name: "muster-log")

  init(level: Log.Level, format: LogFormat, clock: any WallClock) {
    self.level = Locked(level)
    self.format = format
    self.clock = clock
  }

  func setLevel(_ level: Log.Level) { self.level.withLock { $0 = level } }

  var log: Log {
    Log { [self] level, message, fields in
      guard level >= self.level.withLock({ $0 }) else { return }
      append(line(level, message, fields))
    }
  }

  var accessLog: AccessLog {
    AccessLog { [self] makeEntry in
      guard level.withLock({ $0 }) == .debug else { return }
      let entry = makeEntry()
      append(
        line(
          .debug, "request",
          [
            "address": entry.address, "method": entry.method, "path": entry.path,
            "status": entry.status, "bytes": entry.bytes, "us": entry.microseconds,
          ]))
    }
  }

  private func append(_ line: String) {
    let isFirst = queue.withLock { queue in
      guard queue.lines.count < LogWriter.capacity else {
        queue.dropped += 1
        return false
      }
      queue.lines.append(line)
      return queue.lines.count == 1
    }
    if isFirst { Task { await write(on: LogActor(thread: wakeUp)) } }
  }

  private func write(on actor: LogActor) async { await actor.write(takeAll()) }

  private func takeAll() -> [String] {
    queue.withLock { queue in
      var lines = queue.lines
      if queue.dropped > 0 {
        lines.append(line(.warning, "log lines were dropped here", ["lines": queue.dropped]))
      }
      queue.lines = []
      queue.dropped = 0
      return lines
    }
  }

  /// Writes what is left. The last call.
  func flush() async { await write(on: LogActor(thread: wakeUp)) }

  private func line(_ level: Log.Level, _ message: String, _ fields: Log.Fields) -> String {
    LogLine(at: clock.now, level, message, fields).text(format)
  }
}

/// The writing end, on the thread that may block.
private actor LogActor {
  private let thread: BlockingThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(thread: BlockingThread) { self.thread = thread }

  func write(_ lines: [String]) {
    var bytes = Array(lines.joined().utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}

extension Log.Level {
  init(_ level: LogLevel) {
    switch level {
    case .debug: self = .debug
    case .info: self = .info
    case .warning: self = .warning
    case .error: self = .error
    }
  }
}
