internal import Bytes
internal import Glibc
internal import HTTP
internal import Loop
internal import PluginKit

// Answers that are files on disk.
extension Worker {
  /// Reads a file away from the loop and answers with it.
  func sendFile(
    _ path: String, _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ response: Response
  ) {
    let token = connection.token
    let number = exchange.number
    Task.immediate {
      let content = await house.files.read(path)
      guard let connection = connections[token], case .http(let exchange) = connection.stage,
        exchange.number == number, case .working(let head) = exchange.state
      else { return }
      if let content {
        answer(connection, exchange, head, response, content)
      } else {
        answer(connection, exchange, head, Response.plain(404, "The file is not there any more."))
      }
      answered.append(connection)
    }
  }
}

/// Reads files on a thread that may block.
actor FileReader {
  private let thread = BlockingThread(name: "muster-files")
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  // An answer lies in memory whole while it is sent.
  private static let mostBytes = 64 << 20

  /// The bytes of a file; nil if there is none, or if it is too large to be an answer.
  func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_size <= FileReader.mostBytes else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes { room in
        Glibc.read(descriptor, room.baseAddress! + filled, room.count - filled)
      }
      guard count > 0 else { return nil }
      filled += count
    }
    return bytes
  }
}
