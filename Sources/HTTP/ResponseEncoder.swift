public import Bytes

/// The parts of a request that decide the framing of its answer.
public struct ResponseContext: Sendable, Equatable {
  /// An answer to HEAD says how long its body would be and does not send it.
  public var isHead: Bool
  public var version: Version
  /// Whether the connection shall go on after the answer.
  public var keepsAlive: Bool

  public init(isHead: Bool = false, version: Version = .http11, keepsAlive: Bool = true) {
    self.isHead = isHead
    self.version = version
    self.keepsAlive = keepsAlive
  }

  public init(_ head: borrowing RequestHead) {
    self.init(
      isHead: head.method == .head, version: head.version, keepsAlive: head.keepsAlive)
  }

  /// For the answer to something that could not be read as a request.
  public static let unreadable = ResponseContext(keepsAlive: false)
}

/// The sender's duty after the head of an answer.
public struct ResponsePlan: Sendable, Equatable {
  public enum Body: Sendable {
    /// Send nothing: there is no body, or the peer must not get it.
    case omitted
    /// Send the bytes as they are.
    case plain
    /// Send each piece through `appendChunk` and end with `appendLastChunk`.
    case chunked
  }

  public let body: Body
  /// Whether the connection ends after the answer.
  public let closes: Bool
}

/// Writes heads of answers straight into a buffer. One per loop, so that its `Date` line is made
/// once a second and not once an answer.
public struct ResponseEncoder: Sendable {
  /// How long browsers shall insist on HTTPS, in seconds; nil on listeners without TLS.
  private let hstsLine: [UInt8]
  private var dateLine: [UInt8] = []
  private var dateSecond = Int.min

  public init(strictTransportSecurity maxAge: Int? = nil) {
    hstsLine = maxAge.map { Array("Strict-Transport-Security: max-age=\($0)\r\n".utf8) } ?? []
    setDate(unixSeconds: 0)
  }

  /// Tells the encoder the time; cheap while the second stays the same.
  public mutating func setDate(unixSeconds: Int) {
    guard unixSeconds != dateSecond else { return }
    dateSecond = unixSeconds
    var line = ByteBuffer(capacity: 40)
    line.append("Date: ")
    HTTPDate(unixSeconds: unixSeconds).write(into: &line)
    line.append("\r\n")
    dateLine = [UInt8](line)
  }

  /// Appends a final answer's status line and header fields.
  ///
  /// The encoder alone decides about `Content-Length`, `Transfer-Encoding`, `Connection` and
  /// `Date`: such fields in `headers` are left out.
  public func appendHead(
    _ status: Status, _ headers: Headers = Headers(), body: BodyLength,
    for context: ResponseContext, into buffer: inout ByteBuffer
  ) -> ResponsePlan {
    buffer.reserve(headers.bytes.count + headers.count * 4 + 256)
    buffer.append(statusLine: status)
    buffer.append(dateLine)
    let plan = appendFraming(
      status, body, context, offersUpgrade: headers.contains(.upgrade), into: &buffer)
    buffer.append(hstsLine)
    buffer.append(fields: headers)
    buffer.append("\r\n")
    return plan
  }

  private func appendFraming(
    _ status: Status, _ body: BodyLength, _ context: ResponseContext, offersUpgrade: Bool,
    into buffer: inout ByteBuffer
  ) -> ResponsePlan {
    // HTTP/1.0 knows no chunks: such a body ends with the connection.
    let isUnbounded =
      !status.forbidsBody
      && (body == .untilClose || body == .chunked && context.version == .http10)
    let closes = !context.keepsAlive || isUnbounded
    if closes {
      buffer.append("Connection: close\r\n")
    } else if context.version == .http10 {
      buffer.append("Connection: keep-alive\r\n")
    }
    // RFC 9110, 7.8: an Upgrade field, which a 426 needs, is named in Connection.
    if offersUpgrade { buffer.append("Connection: upgrade\r\n") }
    var shape = ResponsePlan.Body.omitted
    if !status.forbidsBody {
      shape = buffer.append(length: body, isUnbounded: isUnbounded)
    }
    return ResponsePlan(body: context.isHead ? .omitted : shape, closes: closes)
  }

  /// Appends a whole answer.
  @discardableResult
  public func append(
    _ status: Status, _ headers: Headers = Headers(), body: Span<UInt8>,
    for context: ResponseContext, into buffer: inout ByteBuffer
  ) -> ResponsePlan {
    buffer.reserve(headers.bytes.count + headers.count * 4 + 256 + body.count)
    let plan = appendHead(
      status, headers, body: .bytes(body.count), for: context, into: &buffer)
    if plan.body == .plain { buffer.append(body) }
    return plan
  }

  /// Appends `101 Switching Protocols`; what follows on the connection is no longer HTTP.
  public func appendUpgrade(
    to protocolName: StaticString, _ headers: Headers, into buffer: inout ByteBuffer
  ) {
    buffer.append(statusLine: .switchingProtocols)
    buffer.append("Connection: Upgrade\r\nUpgrade: ")
    buffer.append(protocolName)
    buffer.append("\r\n")
    buffer.append(fields: headers)
    buffer.append("\r\n")
  }

  /// Appends the interim answer that a peer waits for which said `Expect: 100-continue`.
  public static func appendContinue(into buffer: inout ByteBuffer) {
    buffer.append("HTTP/1.1 100 Continue\r\n\r\n")
  }

  /// Appends one chunk of a chunked body; an empty piece adds nothing, as it would end the body.
  public static func appendChunk(_ piece: Span<UInt8>, into buffer: inout ByteBuffer) {
    guard !piece.isEmpty else { return }
    buffer.reserve(piece.count + 20)
    buffer.append(hexadecimal: piece.count)
    buffer.append("\r\n")
    buffer.append(piece)
    buffer.append("\r\n")
  }

  /// Ends a chunked body.
  public static func appendLastChunk(
    trailers: Headers = Headers(), into buffer: inout ByteBuffer
  ) {
    buffer.append("0\r\n")
    buffer.append(fields: trailers)
    buffer.append("\r\n")
  }
}

extension ByteBuffer {
  fileprivate mutating func append(statusLine status: Status) {
    append("HTTP/1.1 ")
    append(decimal: Int(status.code))
    append(UInt8.space)
    append(status.phrase)
    append("\r\n")
  }

  fileprivate mutating func append(
    length: BodyLength, isUnbounded: Bool
  ) -> ResponsePlan.Body {
    switch length {
    case _ where isUnbounded: return .plain
    case .none: append("Content-Length: 0\r\n")
    case .bytes(let count):
      append("Content-Length: ")
      append(decimal: count)
      append("\r\n")
      return .plain
    case .chunked, .untilClose:
      append("Transfer-Encoding: chunked\r\n")
      return .chunked
    }
    return .omitted
  }

  /// Appends all fields but those that say where messages end.
  mutating func append(fields headers: Headers) {
    for index in 0..<headers.count {
      let name = headers.name(at: index)
      if name.belongsToTheEncoder { continue }
      append(name)
      append(": ")
      append(headers.value(at: index))
      append("\r\n")
    }
  }

  fileprivate mutating func append(hexadecimal number: Int) {
    var shift = (63 - max(number, 1).leadingZeroBitCount) & ~3
    while shift >= 0 {
      let digit = UInt8(truncatingIfNeeded: number >> shift & 15)
      append(digit < 10 ? digit + 0x30 : digit + 0x57)
      shift -= 4
    }
  }
}

extension Span where Element == UInt8 {
  fileprivate var belongsToTheEncoder: Bool {
    switch count {
    case 4: matches(HeaderName.date.text.bytes)
    case 10: matches(HeaderName.connection.text.bytes)
    case 14: matches(HeaderName.contentLength.text.bytes)
    case 17: matches(HeaderName.transferEncoding.text.bytes)
    default: false
    }
  }
}
