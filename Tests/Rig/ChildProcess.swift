import Glibc

/// A program that a test has started; it ends with its owner or, at the latest, with the tests.
package final class ChildProcess {
  package let process: Int32
  private let output: Int32
  package private(set) var said = ""

  /// - Parameter errors: the file for what it says to the other side; nothing is kept without.
  package init(_ program: String, _ arguments: [String], errors: String? = nil) throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Fault("no pipe") }
    // No other program that a test starts may keep the writing end open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    output = ends[0]
    do {
      process = try ChildProcess.spawn(
        program, arguments, output: ends[1], errors: errors ?? "/dev/null")
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
    _ program: String, _ arguments: [String], output: Int32, errors: String
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_addopen(
      &actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    // A run of the tests that is killed must not leave programs behind.
    let line = ["setpriv", "--pdeathsig", "TERM", "--", program] + arguments
    var argv: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What the program does with signals is its own affair, whoever runs the tests.
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var process = pid_t()
    guard posix_spawnp(&process, "setpriv", &actions, &attributes, &argv, environ) == 0 else {
      throw Fault("cannot start \(program)")
    }
    return process
  }

  /// Reads what the program says until `marker` has come and its line is whole; returns the rest
  /// of that line.
  package func line(after marker: String, within seconds: Double) throws -> String {
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

  /// Asks the program to end, and insists after a while.
  package func stop(within seconds: Double = 5) {
    guard !hasStopped else { return }
    Glibc.kill(process, SIGTERM)
    let deadline = Deadline(seconds)
    while !reap(WNOHANG) {
      if deadline.hasPassed { Glibc.kill(process, SIGKILL) }
      usleep(10_000)
    }
  }

  /// Sends a signal that ends the program, and waits until it has ended.
  package func kill(_ signal: Int32) {
    guard !hasStopped else { return }
    Glibc.kill(process, signal)
    _ = reap(0)
  }

  /// What the program returned, once it has ended; 128 and more when a signal has ended it.
  package func result(within seconds: Double) throws -> Int32 {
    let deadline = Deadline(seconds)
    while !hasStopped && !reap(WNOHANG) {
      guard !deadline.hasPassed else { throw Fault("it goes on and on; so far it said: \(said)") }
      _ = readMore(Deadline(0.02))
    }
    while readMore(Deadline(0)) {}
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : 128 + signal
  }

  private func reap(_ flags: Int32) -> Bool {
    hasStopped = waitpid(process, &status, flags) != 0
    return hasStopped
  }

  private var status: Int32 = 0
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
