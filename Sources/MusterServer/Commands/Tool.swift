internal import CommandLineKit
internal import Glibc

/// Another program of this machine, run to its end.
struct Tool {
  let name: String
  /// Variables added to our own environment. Secrets belong here: every user can read a command line.
  var environment: [String: String] = [:]

  /// Runs it and gives back what it wrote.
  ///
  /// Blocks its thread: for the command line.
  /// - Throws: what it complained about.
  @discardableResult
  func run(_ arguments: [String]) throws -> String {
    let output = try TemporaryFile()
    let complaints = try TemporaryFile()
    let process = try start(arguments, output.descriptor, complaints.descriptor)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    guard status == 0 else {
      let words = complaints.text.split(separator: "\n").joined(separator: "\n  ")
      throw Failure("\(name) failed:\n  \(words.isEmpty ? "it gave no reason" : words)")
    }
    return output.text
  }

  private func start(_ arguments: [String], _ output: Int32, _ complaints: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, complaints, 2)
    var own: [String] = []
    var next = environ
    while let entry = next.pointee {
      own.append(String(cString: entry))
      next += 1
    }
    let added = environment.map { "\($0.key)=\($0.value)" }
    // Of two entries with one name the first counts.
    var words: [UnsafeMutablePointer<CChar>?] = ([name] + arguments).map { strdup($0) } + [nil]
    var entries: [UnsafeMutablePointer<CChar>?] = (added + own).map { strdup($0) } + [nil]
    defer { for word in words + entries { free(word) } }
    var process = pid_t()
    let code = posix_spawnp(&process, name, &actions, nil, &words, &entries)
    guard code != ENOENT else {
      throw Failure(
        "\(name) is not here: install PostgreSQL's client programs (apt-get install"
          + " postgresql-client) of the server's version or a newer one")
    }
    guard code == 0 else { throw Failure("\(name): \(String(cString: strerror(code)))") }
    return process
  }
}

/// A file without a name, gone with its owner.
private struct TemporaryFile: ~Copyable {
  let descriptor: Int32

  init() throws {
    var template = Array("/tmp/muster-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Failure("no temporary file") }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(template)
  }

  deinit { close(descriptor) }

  var text: String {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = pread(descriptor, &part, part.count, bytes.count)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += part[..<count]
    }
  }
}
