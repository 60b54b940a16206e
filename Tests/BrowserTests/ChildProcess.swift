import Glibc

/// A program that a test has started; it ends with its owner or, at the latest, with the tests.
final class ChildProcess {
  private let process: pid_t
  private let output: Int32
  private(set) var said = ""

  init(_ program: String, _ arguments: [String]) throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Fault("no pipe") }
    // No other program that a test starts may keep the writing end open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    output = ends[0]
    do {
      process = try ChildProcess.spawn(program, arguments, output: ends[1])
    } catch {
      close(ends[0])
      throw error
    }
  }

  deinit {
    stop()
    close(output)
  }

  private static func spawn(
    _ program: String, _ arguments: [String], output: Int32
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    // A run of the tests that is killed must not leave browsers behind.
    let line = ["setpriv", "--pdeathsig", "TERM", "--", program] + arguments
    var argv: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    var process = pid_t()
    guard posix_spawnp(&process, "setpriv", &actions, nil, &argv, environ) == 0 else {
      throw Fault("cannot start \(program)")
    }
    return process
  }

  /// Reads what the program says until `marker` has come and its line is whole; returns the rest
  /// of that line.
  func line(after marker: String, within seconds: Double) throws -> String {
    let deadline = Deadline(seconds)
    while true {
      for line in said.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
        if let found = line.range(of: marker) { return String(line[found.upperBound...]) }
      }
      guard readMore(deadline) else { throw Fault("no \"\(marker)\" in: \(said)") }
    }
  }

  private func readMore(_ deadline: Deadline) -> Bool {
    var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, deadline.milliseconds) > 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(output, &buffer, buffer.count)
    guard count > 0 else { return false }
    said += String(decoding: buffer[..<count], as: UTF8.self)
    return true
  }

  /// Asks the program to end, and insists after five seconds.
  func stop() {
    guard !hasStopped else { return }
    hasStopped = true
    kill(process, SIGTERM)
    let deadline = Deadline(5)
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      if deadline.hasPassed { kill(process, SIGKILL) }
      usleep(10_000)
    }
  }

  private var hasStopped = false
}

extension Substring {
  fileprivate func range(of marker: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(marker) {
        return start..<index(start, offsetBy: marker.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
