/// The facts at the head of a frame.
@frozen public struct FrameHeader: Equatable, Sendable {
  public let isFinal: Bool
  /// RFC 7692, 6: the message is compressed.
  public let isCompressed: Bool
  public let opcode: Opcode
  /// Length of the payload.
  public let length: Int
  public let mask: MaskKey?
}

/// A frame, or as much of it as has come.
@frozen public struct FramePiece: Equatable, Sendable {
  public let header: FrameHeader
  /// Where its payload, already unmasked, lies in the bytes that were parsed.
  public let range: Range<Int>
  public let isFirst: Bool
  public let isLast: Bool
}

/// Finds frames in received bytes and unmasks them where they are.
///
/// It takes everything it is given, in whatever portions it comes, and keeps at most one
/// unfinished header: its owner never has to keep bytes back for it. The meaning of a frame in
/// a conversation is the business of `MessageAssembler`.
public struct FrameParser: Sendable {
  public let role: Role
  /// Whether an extension that uses the first reserved bit was negotiated.
  public let allowsCompression: Bool

  private var current: FrameHeader?
  private var taken = 0
  // The beginning of a header whose rest has not come yet.
  private var held = [14 of UInt8](repeating: 0)
  private var heldCount = 0

  public init(role: Role, allowsCompression: Bool = false) {
    self.role = role
    self.allowsCompression = allowsCompression
  }

  /// The next piece at or behind `position`, which moves behind it; nil when all is taken.
  ///
  /// The piece that a header comes with may be empty, so that a bad or too long frame is known
  /// before its payload is there. After an error the parser must not be used any more.
  @inline(__always) public mutating func next(
    _ bytes: inout MutableSpan<UInt8>, at position: inout Int
  ) throws(WebSocketError) -> FramePiece? {
    var isFirst = false
    if current == nil {
      current = try nextHeader(bytes.span, at: &position)
      taken = 0
      isFirst = true
    }
    guard let header = current else { return nil }
    let count = min(header.length - taken, bytes.count - position)
    guard isFirst || count > 0 else { return nil }
    let range = position..<(position + count)
    header.mask?.apply(to: &bytes, in: range, phase: taken)
    taken += count
    position = range.upperBound
    let isLast = taken == header.length
    if isLast { current = nil }
    return FramePiece(header: header, range: range, isFirst: isFirst, isLast: isLast)
  }

  @inline(__always) private mutating func nextHeader(
    _ bytes: Span<UInt8>, at position: inout Int
  ) throws(WebSocketError) -> FrameHeader? {
    let available = bytes.count - position
    if heldCount == 0 && available >= 2 {
      let size = headerSize(second: bytes[position + 1])
      if available >= size {
        let header = try header(in: bytes.extracting(position..<(position + size)))
        position += size
        return header
      }
    }
    return try collectHeader(bytes, at: &position)
  }

  private mutating func collectHeader(
    _ bytes: Span<UInt8>, at position: inout Int
  ) throws(WebSocketError) -> FrameHeader? {
    while position < bytes.count {
      held[heldCount] = bytes[position]
      heldCount += 1
      position += 1
      guard heldCount >= 2 else { continue }
      try checkStart(first: held[0], second: held[1])
      if heldCount == headerSize(second: held[1]) {
        let count = heldCount
        heldCount = 0
        return try header(in: held.span.extracting(0..<count))
      }
    }
    return nil
  }

  @inline(__always) private func headerSize(second: UInt8) -> Int {
    let extended =
      switch second & 0x7F {
      case 126: 2
      case 127: 8
      default: 0
      }
    return 2 + extended + (second & 0x80 != 0 ? 4 : 0)
  }

  /// The facts in the first two bytes; the opcode is one that exists.
  @discardableResult @inline(__always)
  private func checkStart(first: UInt8, second: UInt8) throws(WebSocketError) -> Opcode {
    let reserved: UInt8 = allowsCompression ? 0x30 : 0x70
    guard first & reserved == 0 else { throw WebSocketError(.reservedBits) }
    guard let opcode = Opcode(rawValue: first & 0x0F) else {
      throw WebSocketError(.reservedOpcode)
    }
    // RFC 6455, 5.1: a server takes masked frames only, a client none.
    if second & 0x80 == 0 {
      guard role == .client else { throw WebSocketError(.unmaskedFrame) }
    } else {
      guard role == .server else { throw WebSocketError(.maskedFrame) }
    }
    guard opcode.isControl else { return opcode }
    // RFC 6455, 5.5, and RFC 7692, 6.1: control frames are short, whole and never compressed.
    guard first & 0x40 == 0 else { throw WebSocketError(.reservedBits) }
    guard first & 0x80 != 0 else { throw WebSocketError(.fragmentedControlFrame) }
    guard second & 0x7F <= 125 else { throw WebSocketError(.longControlFrame) }
    return opcode
  }

  /// Reads a header whose bytes are all there.
  @inline(__always) private func header(in bytes: Span<UInt8>) throws(WebSocketError) -> FrameHeader
  {
    let first = bytes[0]
    let second = bytes[1]
    let opcode = try checkStart(first: first, second: second)
    let length = try length(in: bytes)
    let mask = second & 0x80 == 0 ? nil : MaskKey(bytes.extracting(last: 4))
    return FrameHeader(
      isFinal: first & 0x80 != 0, isCompressed: first & 0x40 != 0,
      opcode: opcode, length: length, mask: mask)
  }

  @inline(__always) private func length(in bytes: Span<UInt8>) throws(WebSocketError) -> Int {
    let short = Int(bytes[1] & 0x7F)
    guard short >= 126 else { return short }
    var length: UInt64 = 0
    for index in 2..<(short == 126 ? 4 : 10) { length = length << 8 | UInt64(bytes[index]) }
    guard length <= UInt64(Int.max) else { throw WebSocketError(.impossibleLength) }
    // RFC 6455, 5.2: the shortest form must be used.
    guard length >= (short == 126 ? 126 : 0x1_0000) else { throw WebSocketError(.wastefulLength) }
    return Int(length)
  }
}
