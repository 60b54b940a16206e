import Bytes
import Glibc
import JSON
import Loop
import Rig
import WebSocket

/// The line to the browser: calls with their answers, and what the browser tells on its own.
///
/// See the Chrome DevTools Protocol. One connection carries all pages; each has a session.
@BrowserThread final class DevTools {
  struct Event {
    let method: String
    let session: String
    let params: JSONValue
  }

  private var wire: Wire
  private var lastCall = 0
  private(set) var events: [Event] = []

  /// - Parameter path: The browser's own, from its `DevToolsActivePort` file.
  init(port: UInt16, path: String) throws {
    wire = try Wire.open(port: port, path: path)
  }

  /// Calls a method and waits for the answer.
  @discardableResult func call(
    _ method: String, _ params: JSONValue = [:], session: String? = nil
  ) throws -> JSONValue {
    lastCall += 1
    var frame: JSONObject = ["id": JSONValue(lastCall), "method": .string(method)]
    frame.append("params", params)
    if let session { frame.append("sessionId", .string(session)) }
    try wire.send(JSONValue(frame).description)
    let deadline = Deadline(20)
    while let message = try wire.next(deadline) {
      guard message["id"]?.int == lastCall else {
        take(message)
        continue
      }
      if let error = message["error"] { throw Fault("\(method): \(error)") }
      return message["result"] ?? [:]
    }
    throw Fault("\(method): no answer")
  }

  /// Listens for so long to what the browser tells.
  func listen(milliseconds: Int) throws {
    let deadline = Deadline(Double(milliseconds) / 1000)
    while let message = try wire.next(deadline) { take(message) }
  }

  private func take(_ message: JSONValue) {
    guard let method = message["method"]?.string else { return }
    let session = message["sessionId"]?.string ?? ""
    events.append(Event(method: method, session: session, params: message["params"] ?? [:]))
  }
}

/// The WebSocket below, with our own frames.
private struct Wire: ~Copyable {
  // A screenshot is one message of some megabytes.
  private static let limits = MessageLimits(message: 64 << 20, inflated: 64 << 20)

  private let socket: Socket
  private var encoder = FrameEncoder(role: .client)
  private var assembler = MessageAssembler(role: .client, limits: Wire.limits)
  private var scratch = MessageScratch()
  private var received = ByteBuffer()
  private var position = 0

  private init(_ socket: consuming Socket) { self.socket = socket }

  static func open(port: UInt16, path: String) throws -> Wire {
    let deadline = Deadline(10)
    let socket = try Socket.connect(to: PeerAddress(IPAddress(v4: 0x7F00_0001), port: port))
    var wire = Wire(socket)
    try wire.wait(POLLOUT, deadline)
    try wire.socket.finishConnecting()
    let host = "127.0.0.1:\(port)"
    try wire.shakeHands(
      ClientHandshake(host: host, path: path, offersCompression: false), deadline)
    return wire
  }

  private mutating func shakeHands(_ handshake: ClientHandshake, _ deadline: Deadline) throws {
    var request = ByteBuffer()
    handshake.append(to: &request)
    try sendAll(request, deadline)
    while true {
      if let agreement = try handshake.read(received.bytes) {
        return received.consume(agreement.length)
      }
      guard try receive(deadline) else { throw Fault("the browser does not shake hands") }
    }
  }

  mutating func send(_ text: String) throws {
    var frame = ByteBuffer()
    encoder.append(.text, text: text, to: &frame)
    try sendAll(frame, Deadline(10))
  }

  /// The next message; nil when none came in time.
  mutating func next(_ deadline: Deadline) throws -> JSONValue? {
    while true {
      while let incoming = try assembler.next(&received, at: &position, scratch: &scratch) {
        guard incoming.kind == .text else { continue }
        let payload = scratch.payload(of: incoming, in: received.bytes)
        return try JSONValue(parsing: payload, limits: JSONLimits(bytes: 64 << 20))
      }
      received.consume(position)
      position = 0
      guard try receive(deadline) else { return nil }
    }
  }

  private mutating func receive(_ deadline: Deadline) throws -> Bool {
    guard isReady(POLLIN, deadline) else { return false }
    if case .bytes = socket.receive(into: &received, room: 256 << 10) { return true }
    throw Fault("the browser has gone")
  }

  private func sendAll(_ bytes: borrowing ByteBuffer, _ deadline: Deadline) throws {
    var sent = 0
    while sent < bytes.count {
      try wait(POLLOUT, deadline)
      if case .bytes(let count) = socket.send(bytes.bytes.extracting(droppingFirst: sent)) {
        sent += count
      }
    }
  }

  private func wait(_ events: Int32, _ deadline: Deadline) throws {
    guard isReady(events, deadline) else { throw Fault("the browser does not answer") }
  }

  private func isReady(_ events: Int32, _ deadline: Deadline) -> Bool {
    var ready = pollfd(fd: socket.descriptor.rawValue, events: Int16(events), revents: 0)
    return poll(&ready, 1, deadline.milliseconds) > 0
  }
}
