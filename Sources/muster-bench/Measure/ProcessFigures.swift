import Glibc

/// The kernel's figures of a process.
struct ProcessFigures: Sendable {
  /// Processor time of all its threads so far, in nanoseconds.
  let processorTime: UInt64
  /// Memory that it has in use, in bytes.
  let memory: Int

  /// The number of this process.
  static var own: Int32 { getpid() }

  /// Nil if there is no such process.
  init?(of process: Int32) {
    guard let status = ProcessFigures.read("/proc/\(process)/status") else { return nil }
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    memory = (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) * 1024
    // Threads that have ended count, too: a sum over those that are there would go down with them.
    var clock = clockid_t()
    var time = timespec()
    guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else {
      return nil
    }
    processorTime = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}
