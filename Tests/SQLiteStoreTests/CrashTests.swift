import Glibc
import SQLiteStore
import Storage
import Testing

@Suite struct CrashTests {
  @Test func `every acknowledged row is there after the process was killed`() async throws {
    let folder = FreshFolder()
    let path = folder.file("crash.db")
    // The second round starts on the file that the first one left in the middle of its work.
    for _ in 0..<3 {
      let acknowledged = try killWhileWriting(path, after: 2000)
      let store = try await SQLiteStore.open(.file(path))
      let rows = try await store.query("SELECT n FROM rows").map { try $0.int("n") }
      await store.close()
      #expect(acknowledged.count >= 2000)
      #expect(Set(acknowledged).subtracting(rows).isEmpty)
    }
  }

  /// Runs the writer until it has acknowledged `count` rows, kills it, and returns what it said.
  private func killWhileWriting(_ path: String, after count: Int) throws -> [Int] {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    // No other program that a test starts may keep the writing end open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let child = try start(path, output: ends[1])
    close(ends[1])
    defer { close(ends[0]) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    var isAlive = true
    while true {
      let size = read(ends[0], &buffer, buffer.count)
      if size <= 0 { break }
      output += buffer[..<size]
      if isAlive, output.count(where: { $0 == UInt8(ascii: "\n") }) >= count {
        kill(child, SIGKILL)
        isAlive = false
      }
    }
    var status: Int32 = 0
    waitpid(child, &status, 0)
    // The last line may be cut: what was not said whole was not acknowledged.
    return output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
      .compactMap { Int(String(decoding: $0, as: UTF8.self)) }
  }

  private func start(_ path: String, output: Int32) throws -> pid_t {
    let folder = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false)
      .dropLast().joined(separator: "/")
    let program = "\(folder)/store-crash-writer"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup(path), nil]
    defer { for argument in arguments { free(argument) } }
    var child = pid_t()
    try #require(
      posix_spawn(&child, program, &actions, nil, &arguments, environ) == 0,
      "cannot start \(program)")
    return child
  }
}
