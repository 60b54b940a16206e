import Glibc
import Loop
import Primitives
import Synchronization

/// A server on loopback that talks to one client after another on a thread of its own.
final class FakeServer: Sendable {
  let port: UInt16
  private let listener: Int32
  private let lane: Lane
  private let current: Current

  init(_ talk: @escaping @Sendable (Line) -> Void) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(listener, $0, length)
        _ = getsockname(listener, $0, &length)
      }
    }
    listen(listener, 16)
    port = UInt16(bigEndian: address.sin_port)
    self.listener = listener
    lane = Lane()
    current = Current()
    Task.detached { [lane, current] in await lane.serve(listener, current, talk) }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    current.stop()
    lane.stop()
  }

  /// Who is being talked to. A client's end does not always reach us: a process that was started
  /// meanwhile may hold the line open.
  private final class Current: Sendable {
    private let state = Locked((client: Int32(-1), isStopped: false))

    /// False if nobody is to be talked to any more.
    func begin(_ client: Int32) -> Bool {
      state.withLock { state in
        state.client = client
        return !state.isStopped
      }
    }

    func end() {
      state.withLock { state in
        close(state.client)
        state.client = -1
      }
    }

    func stop() {
      state.withLock { state in
        state.isStopped = true
        if state.client >= 0 { shutdown(state.client, Int32(SHUT_RDWR)) }
      }
    }
  }

  private actor Lane {
    private let thread = BlockingThread(name: "fake-server")
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    nonisolated func stop() {
      thread.stop()
      thread.join()
    }

    func serve(_ listener: Int32, _ current: Current, _ talk: @Sendable (Line) -> Void) {
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else {
          close(listener)
          return
        }
        if current.begin(client) { talk(Line(client)) }
        current.end()
      }
    }
  }

  /// The connection to one client.
  final class Line {
    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    func write(_ text: String) {
      let bytes = Array(text.utf8)
      _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Up to a line end, without it; nil when the client is gone.
    func read() -> String? {
      var bytes: [UInt8] = []
      while let byte = readByte() {
        if byte == 10 { return String(decoding: bytes, as: UTF8.self) }
        if byte != 13 { bytes.append(byte) }
      }
      return nil
    }

    func read(_ count: Int) -> [UInt8] { (0..<count).compactMap { _ in readByte() } }

    private func readByte() -> UInt8? {
      var byte: UInt8 = 0
      return recv(descriptor, &byte, 1, 0) == 1 ? byte : nil
    }
  }
}

/// A mail server that takes letters, or answers to a recipient what it is told to.
final class FakeMailServer: Sendable {
  struct Letter: Equatable {
    var from = ""
    var to = ""
    var lines: [String] = []
  }

  private let server: FakeServer
  private let taken: Locked<[Letter]>
  private let answer: Locked<String>

  var url: String { "smtp://127.0.0.1:\(server.port)" }
  var letters: [Letter] { taken.withLock { $0 } }

  /// What it says to a recipient, until further notice.
  func answers(_ text: String) { answer.withLock { $0 = text } }

  init() {
    let taken = Locked<[Letter]>([])
    let answer = Locked("250 ok")
    self.taken = taken
    self.answer = answer
    server = FakeServer { line in FakeMailServer.talk(line, answer, taken) }
  }

  private static func talk(
    _ line: FakeServer.Line, _ answer: Locked<String>, _ taken: Locked<[Letter]>
  ) {
    var letter = Letter()
    line.write("220 fake\r\n")
    while let command = line.read() {
      switch command.prefix(4).uppercased() {
      case "EHLO": line.write("250-fake\r\n250 8BITMIME\r\n")
      case "MAIL":
        letter.from = command
        line.write("250 ok\r\n")
      case "RCPT":
        letter.to = command
        line.write(answer.withLock { $0 } + "\r\n")
      case "DATA":
        line.write("354 go on\r\n")
        while let text = line.read(), text != "." { letter.lines.append(text) }
        let whole = letter
        taken.withLock { $0.append(whole) }
        line.write("250 taken\r\n")
      case "QUIT":
        line.write("221 bye\r\n")
        return
      default: line.write("500 what\r\n")
      }
    }
  }
}

/// A web server that keeps what it is asked and answers what it is told to.
final class FakeWebServer: Sendable {
  struct Request: Equatable {
    var line = ""
    var headers: [String] = []
    var body: [UInt8] = []
  }

  private let server: FakeServer
  private let asked: Locked<[Request]>
  private let answer: Locked<String>

  var url: String { "http://127.0.0.1:\(server.port)" }
  var requests: [Request] { asked.withLock { $0 } }
  func answers(_ text: String) { answer.withLock { $0 = text } }

  init(_ first: String = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi") {
    let asked = Locked<[Request]>([])
    let answer = Locked(first)
    self.asked = asked
    self.answer = answer
    server = FakeServer { line in
      var request = Request(line: line.read() ?? "")
      while let header = line.read(), !header.isEmpty { request.headers.append(header) }
      let length = request.headers.first { $0.lowercased().hasPrefix("content-length: ") }
      request.body = line.read(length.flatMap { Int($0.dropFirst(16)) } ?? 0)
      let whole = request
      asked.withLock { $0.append(whole) }
      line.write(answer.withLock { $0 })
    }
  }
}
