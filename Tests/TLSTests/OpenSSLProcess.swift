import Glibc

/// The `openssl` program on the other side of a pipe: somebody else's idea of TLS.
final class OpenSSLProcess {
  struct Failed: Error { let output: String }

  static let path = "/usr/bin/openssl"
  static let isInstalled = access(path, X_OK) == 0

  private let process: pid_t
  private let input: Int32
  private let outputEnd: Int32
  private var output = ""

  init(_ arguments: [String]) throws {
    var toIt: [Int32] = [0, 0]
    var fromIt: [Int32] = [0, 0]
    guard pipe(&toIt) == 0, pipe(&fromIt) == 0 else { throw Failed(output: "no pipe") }
    for end in toIt + fromIt { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toIt[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromIt[1], 1)
    posix_spawn_file_actions_adddup2(&actions, fromIt[1], 2)
    var argv = ([Self.path] + arguments).map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    var process: pid_t = 0
    let result = posix_spawn(&process, Self.path, &actions, nil, &argv, environ)
    close(toIt[0])
    close(fromIt[1])
    self.process = process
    input = toIt[1]
    outputEnd = fromIt[0]
    guard result == 0 else { throw Failed(output: "no openssl") }
  }

  deinit {
    close(input)
    close(outputEnd)
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
  }

  func type(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = write(input, bytes, bytes.count)
  }

  /// Reads until `text` was printed, and gives back what came up to its end.
  @discardableResult
  func expect(_ text: String) throws -> String {
    while true {
      if let range = output.firstRange(of: text) {
        defer { output.removeSubrange(..<range.upperBound) }
        return String(output[..<range.upperBound])
      }
      var ready = pollfd(fd: outputEnd, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, 10_000) == 1 else { throw Failed(output: output) }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(outputEnd, &bytes, bytes.count)
      guard count > 0 else { throw Failed(output: output) }
      output += String(decoding: bytes[..<count], as: UTF8.self)
    }
  }
}

/// A TCP socket that blocks, with a deadline so that a broken test ends.
final class BlockingSocket {
  struct Failed: Error {}

  let descriptor: Int32

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  static func listening() throws -> (BlockingSocket, port: UInt16) {
    let listener = BlockingSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    var address = loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener.descriptor, $0, length) | listen(listener.descriptor, 1)
          | getsockname(listener.descriptor, $0, &length)
      }
    }
    guard result == 0 else { throw Failed() }
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  static func connected(to port: UInt16) throws -> BlockingSocket {
    let made = BlockingSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    var address = loopback(port)
    let result = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(made.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failed() }
    return made
  }

  func accepted() throws -> BlockingSocket {
    let descriptor = accept(descriptor, nil, nil)
    guard descriptor >= 0 else { throw Failed() }
    return BlockingSocket(descriptor)
  }

  func receive() throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    guard count >= 0 else { throw Failed() }
    return Array(bytes[..<count])
  }

  func send(_ bytes: [UInt8]) throws {
    guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw Failed()
    }
  }
}
