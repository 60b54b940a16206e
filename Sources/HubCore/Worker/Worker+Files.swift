internal import Bytes
internal import HTTP
internal import Loop
internal import PluginKit

// Answers that are files on disk: read piece by piece, as fast as the client takes them.
extension Worker {
  private static var piece: Int { 256 << 10 }

  func sendFile(
    _ path: String, _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ response: Response
  ) {
    let token = connection.token
    let number = exchange.number
    exchange.task = Task.immediate {
      guard let handle = await house.disk.open(path) else {
        return finish(token, number, Response.plain(404, "The file is not there any more."))
      }
      if let part = begin(handle.facts, token, number, response) {
        await pump(handle, part, token, number)
      }
      await house.disk.close(handle)
    }
  }

  /// Sends the head of the answer; the part of the file that has to follow, if any.
  private func begin(
    _ facts: Disk.Facts, _ token: UInt64, _ number: UInt64, _ response: Response
  ) -> Range<Int>? {
    guard let (connection, exchange, head) = working(token, number) else { return nil }
    // A file may be written twice in a second.
    let state = [facts.modified, facts.nanoseconds, facts.size]
    let tag = EntityTag(state.map { String($0, radix: 36) }.joined(separator: "-"))
    let date = HTTPDate(unixSeconds: facts.modified)
    var response = response.with("ETag", tag.headerValue).with("Accept-Ranges", "bytes")
      .with("Last-Modified", date.text)
    var part = 0..<facts.size
    switch head.evaluateConditions(tag: tag, modified: date) {
    case .notModified: response.status = 304
    case .failed: response.status = 412
    case .proceed:
      switch head.range(ofSize: facts.size, tag: tag, modified: date) {
      case .whole: break
      case .part(let range):
        part = range
        response.status = 206
        response = response.with(
          "Content-Range", ByteRange.contentRange(range, of: facts.size))
      case .unsatisfiable:
        response.status = 416
        response = response.with(
          "Content-Range", ByteRange.contentRange(unsatisfiedOf: facts.size))
      }
    }
    guard response.status == 200 || response.status == 206 else {
      response.body = .none
      finish(token, number, response)
      return nil
    }
    return sendHead(part, response, connection, exchange, head)
  }

  private func sendHead(
    _ part: Range<Int>, _ response: Response, _ connection: Connection, _ exchange: HTTPExchange,
    _ head: RequestHead
  ) -> Range<Int>? {
    var out = ByteBuffer(capacity: 512)
    let plan = encoder(of: connection).appendHead(
      Status(response.status), makeHeaders(response, connection, exchange, head),
      body: .bytes(part.count), for: context(head, connection, exchange), into: &out)
    logAccess(connection, exchange, head, response.status, part.count)
    queue(out, to: connection)
    exchange.closesAfterAnswer = plan.closes
    guard plan.body == .plain, !part.isEmpty else {
      complete(connection, exchange)
      return nil
    }
    exchange.state = .sending(head)
    return part
  }

  private func pump(
    _ handle: Disk.Handle, _ part: Range<Int>, _ token: UInt64, _ number: UInt64
  ) async {
    var next = part.lowerBound
    while next < part.upperBound {
      let end = min(next + Worker.piece, part.upperBound)
      let bytes = await house.disk.read(handle, next..<end)
      guard let (connection, _) = sending(token, number) else { return }
      // The length was promised: a file that shrank meanwhile can only end the connection.
      guard bytes.count == end - next else { return drop(connection, .lost) }
      _ = connection.outbox.append(bytes, at: now)
      mark(connection)
      next = end
      await roomToSend(connection)
    }
    guard let (connection, exchange) = sending(token, number) else { return }
    complete(connection, exchange)
  }

  /// Waits until everything that was queued for a connection is with the kernel, or it is gone.
  private func roomToSend(_ connection: Connection) async {
    guard !connection.isGone else { return }
    await withCheckedContinuation { connection.roomWaiter = $0 }
  }

  /// The exchange that a handler was started for, if it still waits for the answer.
  func working(_ token: UInt64, _ number: UInt64) -> (Connection, HTTPExchange, RequestHead)? {
    guard let connection = connections[token], case .http(let exchange) = connection.stage,
      exchange.number == number, case .working(let head) = exchange.state
    else { return nil }
    return (connection, exchange, head)
  }

  /// The exchange whose answer is being read from a file, if it still is.
  private func sending(_ token: UInt64, _ number: UInt64) -> (Connection, HTTPExchange)? {
    guard let connection = connections[token], case .http(let exchange) = connection.stage,
      exchange.number == number, case .sending = exchange.state
    else { return nil }
    return (connection, exchange)
  }

  private func complete(_ connection: Connection, _ exchange: HTTPExchange) {
    exchange.task = nil
    makeRoom(connection, exchange, closes: exchange.closesAfterAnswer)
    answered.append(connection)
  }
}
