public import Bytes

/// Turns the bytes of one connection into whole messages and control frames.
///
/// The usual message, one frame that has come whole, stays where it is in the received bytes.
/// Only what is fragmented or has not come whole is copied, and only while it is incomplete
/// does a connection own memory for it.
public struct MessageAssembler: ~Copyable {
  public let limits: MessageLimits
  private var parser: FrameParser
  // The message under way, once its first frame has begun and until its last has ended.
  private var message: (isText: Bool, isCompressed: Bool)?
  private var gathered = ByteBuffer()
  // At the end of a text message it is where it began: between two characters.
  private var utf8 = UTF8Validator()
  // A control frame that has not come whole; it may stand between two fragments of a message.
  private var control = ByteBuffer()
  private var isFinished = false

  public init(
    role: Role, limits: MessageLimits = MessageLimits(), allowsCompression: Bool = false
  ) {
    self.limits = limits
    parser = FrameParser(role: role, allowsCompression: allowsCompression)
  }

  /// Whether the peer is in the middle of a message.
  public var isInsideMessage: Bool { message != nil }

  /// Bytes of memory held for what has not come whole.
  public var memory: Int { gathered.capacity + control.capacity }

  /// The next message or control frame at or behind `position` in `received`; nil when all of
  /// it is taken.
  ///
  /// Nothing of `received` is needed again once all is taken. Behind a close frame or an error
  /// (RFC 6455, 7.1.7) everything else the peer sends is passed over.
  public mutating func next(
    _ received: inout MutableSpan<UInt8>, at position: inout Int, scratch: inout MessageScratch
  ) throws(WebSocketError) -> Incoming? {
    guard !isFinished else {
      position = received.count
      return nil
    }
    do {
      while let piece = try parser.next(&received, at: &position) {
        let incoming =
          piece.header.opcode.isControl
          ? try takeControl(piece, received.span, &scratch)
          : try takeData(piece, received.span, &scratch)
        if let incoming { return incoming }
      }
      return nil
    } catch {
      finish()
      throw error
    }
  }

  /// `next` for bytes that lie in a buffer.
  public mutating func next(
    _ received: inout ByteBuffer, at position: inout Int, scratch: inout MessageScratch
  ) throws(WebSocketError) -> Incoming? {
    var bytes = received.mutableBytes
    return try next(&bytes, at: &position, scratch: &scratch)
  }

  private mutating func finish() {
    isFinished = true
    message = nil
    gathered.removeAll(keepingCapacity: false)
    control.removeAll(keepingCapacity: false)
  }
}

extension MessageAssembler {
  @inline(__always) private mutating func takeData(
    _ piece: FramePiece, _ received: Span<UInt8>, _ scratch: inout MessageScratch
  ) throws(WebSocketError) -> Incoming? {
    if piece.isFirst { try begin(piece.header) }
    guard let message else { return nil }
    let bytes = received.extracting(piece.range)
    let isEnd = piece.isLast && piece.header.isFinal
    // Nothing gathered so far: all of the message is here, in one piece.
    if isEnd && gathered.isEmpty {
      self.message = nil
      return try whole(message, piece.range, bytes, &scratch)
    }
    if message.isText && !message.isCompressed {
      guard utf8.accept(bytes) else { throw WebSocketError(.badText) }
    }
    gathered.append(bytes)
    guard isEnd else { return nil }
    self.message = nil
    return try gatheredMessage(message, &scratch)
  }

  /// Checks what the header of a data frame says against the conversation so far.
  @inline(__always) private mutating func begin(_ header: FrameHeader) throws(WebSocketError) {
    if header.opcode == .continuation {
      guard message != nil else { throw WebSocketError(.nothingToContinue) }
      // RFC 7692, 6.1: only the first frame of a message says that it is compressed.
      guard !header.isCompressed else { throw WebSocketError(.reservedBits) }
    } else {
      guard message == nil else { throw WebSocketError(.messageUnfinished) }
      message = (header.opcode == .text, header.isCompressed)
    }
    guard header.length <= limits.message - gathered.count else {
      throw WebSocketError(.messageTooBig)
    }
  }

  /// A message whose bytes, as they came over the wire, lie in one piece.
  private func whole(
    _ message: (isText: Bool, isCompressed: Bool), _ range: Range<Int>, _ bytes: Span<UInt8>,
    _ scratch: inout MessageScratch
  ) throws(WebSocketError) -> Incoming {
    let kind = message.isText ? Incoming.Kind.text : .binary
    guard message.isCompressed else {
      guard !message.isText || UTF8Validator.isValid(bytes) else { throw WebSocketError(.badText) }
      return Incoming(kind, range: range)
    }
    try scratch.inflate(bytes, limit: limits.inflated)
    guard !message.isText || scratch.isUTF8 else { throw WebSocketError(.badText) }
    return Incoming(kind, range: nil, wasCompressed: true)
  }

  private mutating func gatheredMessage(
    _ message: (isText: Bool, isCompressed: Bool), _ scratch: inout MessageScratch
  ) throws(WebSocketError) -> Incoming {
    if message.isCompressed {
      let incoming = try whole(message, 0..<0, gathered.bytes, &scratch)
      gathered.removeAll(keepingCapacity: false)
      return incoming
    }
    guard !message.isText || utf8.isComplete else { throw WebSocketError(.badText) }
    scratch.take(&gathered)
    return Incoming(message.isText ? .text : .binary, range: nil)
  }
}

extension MessageAssembler {
  private mutating func takeControl(
    _ piece: FramePiece, _ received: Span<UInt8>, _ scratch: inout MessageScratch
  ) throws(WebSocketError) -> Incoming? {
    if piece.isLast && control.isEmpty {
      return try whole(piece.header.opcode, received.extracting(piece.range), piece.range)
    }
    // At most 125 bytes: the parser has checked it.
    control.append(received.extracting(piece.range))
    guard piece.isLast else { return nil }
    scratch.take(&control)
    let incoming = try whole(piece.header.opcode, scratch.message.bytes, nil)
    if case .close = incoming.kind, !scratch.message.isEmpty { scratch.message.consume(2) }
    return incoming
  }

  private mutating func whole(
    _ opcode: Opcode, _ payload: Span<UInt8>, _ range: Range<Int>?
  ) throws(WebSocketError) -> Incoming {
    if opcode == .ping { return Incoming(.ping, range: range) }
    if opcode == .pong { return Incoming(.pong, range: range) }
    let code = try closeCode(payload)
    finish()
    let reason = range.map { payload.isEmpty ? $0 : ($0.lowerBound + 2)..<$0.upperBound }
    return Incoming(.close(code), range: reason)
  }

  private func closeCode(_ payload: Span<UInt8>) throws(WebSocketError) -> CloseCode {
    if payload.isEmpty { return .noStatus }
    guard payload.count >= 2 else { throw WebSocketError(.shortClosePayload) }
    let code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
    guard code.isAllowedOnWire else { throw WebSocketError(.badCloseCode) }
    guard UTF8Validator.isValid(payload.extracting(droppingFirst: 2)) else {
      throw WebSocketError(.badCloseReason)
    }
    return code
  }
}
