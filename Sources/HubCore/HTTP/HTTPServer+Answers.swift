internal import Bytes
internal import HTTP
internal import Limits
internal import Loop
internal import PluginKit

// Answers, in the order of their requests.
extension HTTPServer {
  /// Answers the current request and makes room for the next.
  func answer(
    _ connection: Connection, _ conversation: HTTPConversation, _ head: RequestHead,
    _ response: Response,
    on worker: isolated Worker
  ) {
    let body: [UInt8]
    switch response.body {
    case .none: body = []
    case .bytes(let content): body = content
    case .file(let path):
      return sendFile(path, connection, conversation, response, on: worker)
    }
    let answer = writer.encode(
      response, body, for: head, responseContext(head, conversation), connection, conversation)
    logAccess(connection, conversation, head, response.status, answer.bodyBytes)
    let closes = answer.closes
    transport.queue([UInt8](answer.bytes), to: connection)
    makeRoom(connection, conversation, closes: closes, on: worker)
  }

  /// Answers a request whose body is not read. A short one is passed over.
  func answerUnread(
    _ connection: Connection, _ conversation: HTTPConversation, _ head: RequestHead,
    _ response: Response, on worker: isolated Worker
  ) {
    conversation.exchange.leaveBody()
    answer(connection, conversation, head, response, on: worker)
  }

  /// Answers what could not be read as a request: the start of the next one is unknown.
  func refuse(
    _ connection: Connection, _ status: Status, _ reason: String, on worker: isolated Worker
  ) {
    transport.queue(writer.encodeRefusal(status, reason, connection), to: connection)
    transport.part(connection, on: worker)
  }

  private func responseContext(
    _ head: RequestHead, _ conversation: HTTPConversation
  ) -> ResponseContext {
    conversation.exchange.context(for: head, isDraining: context.isDraining)
  }

  /// The answer is on its way: the next request may come.
  private func makeRoom(
    _ connection: Connection, _ conversation: HTTPConversation, closes: Bool,
    on worker: isolated Worker
  ) {
    discardUpload(conversation, on: worker)
    conversation.exchange.answered()
    conversation.match = nil
    conversation.admitted = nil
    clients.forget(connection)
    if closes { return transport.part(connection, on: worker) }
    transport.startReading(connection)
    transport.setTimer(connection, seconds: limits.idleSeconds)
  }

  private func logAccess(
    _ connection: Connection, _ conversation: HTTPConversation, _ head: RequestHead, _ status: Int,
    _ bytes: Int
  ) {
    let loop = context.loop
    shared.accessLog.write {
      AccessLog.Line(
        at: loop.unixMilliseconds, address: Peer(connection.client).address,
        method: "\(head.method.name)", path: head.path, status: status, bytes: bytes,
        microseconds: Int((loop.time.monotonic &- conversation.exchange.begunAt) / 1000))
    }
  }
}

// Answers that are files on disk: read piece by piece, as fast as the client takes them.
extension HTTPServer {
  private static var piece: Int { 256 << 10 }

  private func sendFile(
    _ path: String, _ connection: Connection, _ conversation: HTTPConversation,
    _ response: Response,
    on worker: isolated Worker
  ) {
    let token = connection.token
    let number = conversation.exchange.number
    conversation.task = Task.immediate {
      guard let handle = await shared.disk.open(path) else {
        let missing = Response.plain(404, "The file is not there any more.")
        return finish(token, number, missing, on: worker)
      }
      if let part = begin(handle.facts, token, number, response, on: worker) {
        await pump(handle, part, token, number, on: worker)
      }
      await shared.disk.close(handle)
    }
  }

  /// Sends the head of the answer; the part of the file that has to follow, if any.
  private func begin(
    _ facts: DiskThread.Facts, _ token: UInt64, _ number: UInt64, _ response: Response,
    on worker: isolated Worker
  ) -> Range<Int>? {
    guard let (connection, conversation, head) = working(token, number) else { return nil }
    let (response, part) = facts.answer(response, for: head)
    guard response.status == 200 || response.status == 206 else {
      finish(token, number, response, on: worker)
      return nil
    }
    return sendHead(part, response, connection, conversation, head, on: worker)
  }

  private func sendHead(
    _ part: Range<Int>, _ response: Response, _ connection: Connection,
    _ conversation: HTTPConversation,
    _ head: RequestHead, on worker: isolated Worker
  ) -> Range<Int>? {
    let answer = writer.encodeHead(
      response, length: part.count, for: head, responseContext(head, conversation),
      connection, conversation)
    logAccess(connection, conversation, head, response.status, part.count)
    conversation.closesAfterAnswer = answer.closes
    let awaitsBody = answer.awaitsBody
    transport.queue([UInt8](answer.bytes), to: connection)
    guard awaitsBody else {
      complete(connection, conversation, on: worker)
      return nil
    }
    conversation.exchange.beginSending()
    return part
  }

  private func pump(
    _ handle: DiskThread.Handle, _ part: Range<Int>, _ token: UInt64, _ number: UInt64,
    on worker: isolated Worker
  ) async {
    var next = part.lowerBound
    while next < part.upperBound {
      let end = min(next + HTTPServer.piece, part.upperBound)
      let bytes = await shared.disk.read(handle, next..<end)
      guard let (connection, _) = sending(token, number) else { return }
      // The length was promised: a file that shrank meanwhile can only end the connection.
      guard bytes.count == end - next else {
        return transport.drop(connection, .lost, on: worker)
      }
      transport.queue(bytes, to: connection)
      next = end
      await transport.drained(connection, on: worker)
    }
    guard let (connection, conversation) = sending(token, number) else { return }
    complete(connection, conversation, on: worker)
  }

  private func complete(
    _ connection: Connection, _ conversation: HTTPConversation, on worker: isolated Worker
  ) {
    conversation.task = nil
    makeRoom(connection, conversation, closes: conversation.closesAfterAnswer, on: worker)
    transport.resumeLater(connection)
  }
}

extension DiskThread.Facts {
  /// The answer to a request for this file, and the part of it that follows a 200 or a 206.
  fileprivate func answer(
    _ response: Response, for head: RequestHead
  ) -> (Response, Range<Int>) {
    // A file may be written twice in a second.
    let state = [modified, nanoseconds, size]
    let tag = EntityTag(state.map { String($0, radix: 36) }.joined(separator: "-"))
    let date = HTTPDate(unixSeconds: modified)
    var response = response.with("ETag", tag.headerValue).with("Accept-Ranges", "bytes")
      .with("Last-Modified", date.text)
    var part = 0..<size
    switch head.evaluateConditions(tag: tag, modified: date) {
    case .notModified: response.status = 304
    case .failed: response.status = 412
    case .proceed:
      switch head.range(ofSize: size, tag: tag, modified: date) {
      case .whole: break
      case .part(let range):
        part = range
        response.status = 206
        response = response.with("Content-Range", ByteRange.contentRange(range, of: size))
      case .unsatisfiable:
        response.status = 416
        response = response.with("Content-Range", ByteRange.contentRange(unsatisfiedOf: size))
      }
    }
    if response.status != 200 && response.status != 206 { response.body = .none }
    return (response, part)
  }
}
