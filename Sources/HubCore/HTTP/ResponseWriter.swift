internal import Bytes
internal import Deflate
internal import HTTP
internal import Loop
internal import PluginKit

/// Makes bytes of a plugin's answer.
///
/// Not `Sendable`: it belongs to one worker.
final class ResponseWriter {
  private let shared: SharedHTTP
  private let loop: EventLoop
  private let reader: RequestReader
  private var plainEncoder = ResponseEncoder()
  private var secureEncoder: ResponseEncoder
  private var gzip = GzipEncoder()

  init(_ shared: SharedHTTP, _ loop: EventLoop) {
    self.shared = shared
    self.loop = loop
    reader = RequestReader(shared: shared)
    secureEncoder = ResponseEncoder(strictTransportSecurity: shared.strictTransportSeconds)
  }

  /// An encoded answer.
  struct Answer: ~Copyable {
    var bytes: ByteBuffer
    /// Of the body as it is sent.
    let bodyBytes: Int
    /// Whether the connection ends with it.
    let closes: Bool
    /// Whether a body of the announced length has to follow.
    var awaitsBody = false
  }

  func encode(
    _ response: Response, _ body: [UInt8], for head: RequestHead, _ context: ResponseContext,
    _ connection: Connection, _ conversation: HTTPConversation
  ) -> Answer {
    var headers = makeHeaders(response, connection, conversation, head)
    var body = body
    compress(&body, &headers, response, head)
    var out = ByteBuffer(capacity: body.count + 512)
    let plan = encoder(of: connection).append(
      Status(response.status), headers, body: body.span, for: context, into: &out)
    return Answer(bytes: out, bodyBytes: body.count, closes: plan.closes)
  }

  /// The head of an answer whose body of `length` bytes follows in pieces.
  func encodeHead(
    _ response: Response, length: Int, for head: RequestHead, _ context: ResponseContext,
    _ connection: Connection, _ conversation: HTTPConversation
  ) -> Answer {
    var out = ByteBuffer(capacity: 512)
    let plan = encoder(of: connection).appendHead(
      Status(response.status), makeHeaders(response, connection, conversation, head),
      body: .bytes(length), for: context, into: &out)
    return Answer(
      bytes: out, bodyBytes: length, closes: plan.closes,
      awaitsBody: plan.body == .plain && length > 0)
  }

  /// Refuses what could not be read as a request.
  func encodeRefusal(
    _ status: Status, _ reason: String, _ connection: Connection
  ) -> ByteBuffer {
    var out = ByteBuffer(capacity: 512)
    let text = Array("\(reason)\n".utf8)
    var headers = ResponseWriter.plainText
    if status == .tooManyRequests || status == .serviceUnavailable {
      try? headers.append(.retryAfter, "5" as StaticString)
    }
    encoder(of: connection).append(
      status, headers, body: text.span, for: .unreadable, into: &out)
    return out
  }

  /// Answers a peer that speaks HTTP without encryption where encryption is expected.
  func answerPlainHTTP(into output: inout ByteBuffer) {
    let text = Array("This port speaks HTTPS only: begin the address with https://\n".utf8)
    plainEncoder.setDate(unixSeconds: Int(loop.unixMilliseconds / 1000))
    plainEncoder.append(
      .badRequest, ResponseWriter.plainText, body: text.span, for: .unreadable, into: &output)
  }

  private static var plainText: Headers {
    var headers = Headers()
    try? headers.append(.contentType, "text/plain; charset=utf-8" as StaticString)
    return headers
  }

  private func encoder(of connection: Connection) -> ResponseEncoder {
    let second = Int(loop.unixMilliseconds / 1000)
    if connection.role.isEncrypted {
      secureEncoder.setDate(unixSeconds: second)
      return secureEncoder
    }
    plainEncoder.setDate(unixSeconds: second)
    return plainEncoder
  }
}

// Headers.
extension ResponseWriter {
  private func makeHeaders(
    _ response: Response, _ connection: Connection, _ conversation: HTTPConversation,
    _ head: RequestHead
  ) -> Headers {
    var headers = Headers()
    if let contentType = response.contentType { add("Content-Type", contentType, to: &headers) }
    add("X-Content-Type-Options", "nosniff", to: &headers)
    for (name, value) in response.headers { add(name, value, to: &headers) }
    // Most answers are for their caller alone, whom caches tell by no field of the request.
    if !headers.contains(.cacheControl) { add("Cache-Control", "no-store", to: &headers) }
    // A plugin may have said already who else may read its answers.
    if !headers.contains("Access-Control-Allow-Origin") {
      addSites(reader.corsRule(connection, conversation), conversation.methods, to: &headers, head)
    }
    return headers
  }

  private func addSites(
    _ rule: CORSRule?, _ methods: MethodSet, to headers: inout Headers, _ head: RequestHead
  ) {
    do throws(HTTPError) {
      if let rule {
        try rule.append(to: &headers, for: head, methods, beside: shared.cors)
      } else {
        try shared.cors.append(to: &headers, for: head, methods)
      }
    } catch {
      shared.log.error("a header cannot be sent", ["reason": error.reason])
    }
  }

  /// A header that cannot be sent (a line end in it) is our own fault: it is left out and logged.
  private func add(_ name: String, _ value: String, to headers: inout Headers) {
    do throws(HTTPError) {
      try headers.append(name, value)
    } catch {
      shared.log.error("a header cannot be sent", ["name": name, "reason": error.reason])
    }
  }

  private func compress(
    _ body: inout [UInt8], _ headers: inout Headers, _ response: Response, _ head: RequestHead
  ) {
    guard response.status == 200, !headers.contains(.contentEncoding),
      let type = response.contentType.flatMap({ ContentType(parsing: $0.utf8.span) }),
      isWorthCompressing(type, length: body.count)
    else { return }
    // Caches are told in either case: what they keep may be asked for by another client.
    if !headers.contains(.vary, element: "Accept-Encoding") {
      add("Vary", "Accept-Encoding", to: &headers)
    }
    guard head.headers.accepts(encoding: "gzip") else { return }
    var packed = ByteBuffer(capacity: body.count / 2)
    gzip.encode(body.span, into: &packed)
    guard packed.count < body.count else { return }
    body = [UInt8](packed)
    add("Content-Encoding", "gzip", to: &headers)
  }
}

extension Response {
  static func plain(_ status: Int, _ text: String) -> Response {
    .text(text + "\n", status: status)
  }

  /// The same, with the invitation to try again in a second.
  var retryable: Response { with("Retry-After", "1") }
}
