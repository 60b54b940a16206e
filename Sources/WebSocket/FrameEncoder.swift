public import Bytes

/// Writes frames behind the bytes of a buffer.
///
/// It is for one side of a connection: a server's frames are plain, a client's are masked, each
/// with a fresh random key.
public struct FrameEncoder: Sendable {
  public let role: Role
  private var keys = MaskKeys()

  public init(role: Role) { self.role = role }

  /// Appends one frame.
  ///
  /// - Parameters:
  ///   - isFinal: Whether the message ends with it.
  ///   - isCompressed: Whether it begins a message that is compressed (RFC 7692, 6).
  public mutating func append(
    _ opcode: Opcode, _ payload: Span<UInt8>, isFinal: Bool = true, isCompressed: Bool = false,
    to output: inout ByteBuffer
  ) {
    let first = opcode.rawValue | (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0)
    switch role {
    case .server:
      FrameEncoder.appendHeader(first, length: payload.count, maskBit: 0, to: &output)
      output.append(payload)
    case .client:
      FrameEncoder.appendHeader(first, length: payload.count, maskBit: 0x80, to: &output)
      appendMasked(payload, to: &output)
    }
  }

  /// Appends one frame that carries `text`.
  public mutating func append(_ opcode: Opcode, text: String, to output: inout ByteBuffer) {
    append(opcode, text.utf8Span.span, to: &output)
  }

  /// Appends a close frame; `noStatus` makes one without a code.
  ///
  /// A reason that would not fit is cut at the end of a character.
  public mutating func appendClose(
    _ code: CloseCode, reason: String = "", to output: inout ByteBuffer
  ) {
    var payload = ByteBuffer()
    if code != .noStatus {
      precondition(code.isAllowedOnWire, "this close code must not be sent")
      payload.append(UInt8(code.rawValue >> 8))
      payload.append(UInt8(truncatingIfNeeded: code.rawValue))
      // RFC 6455, 5.5: control frames carry at most 125 bytes.
      payload.append(FrameEncoder.prefix(of: reason, bytes: 123))
    }
    append(.close, payload.bytes, to: &output)
  }

  /// A whole server frame, to be made once and sent to many.
  public static func frame(
    _ opcode: Opcode, _ payload: Span<UInt8>, isCompressed: Bool = false
  ) -> [UInt8] {
    var output = ByteBuffer(capacity: payload.count + 10)
    var encoder = FrameEncoder(role: .server)
    encoder.append(opcode, payload, isCompressed: isCompressed, to: &output)
    return [UInt8](output)
  }

  private mutating func appendMasked(_ payload: Span<UInt8>, to output: inout ByteBuffer) {
    let key = keys.next()
    key.append(to: &output)
    let start = output.count
    output.append(payload)
    var bytes = output.mutableBytes
    key.apply(to: &bytes, in: start..<bytes.count)
  }

  @inline(__always) private static func appendHeader(
    _ first: UInt8, length: Int, maskBit: UInt8, to output: inout ByteBuffer
  ) {
    output.append(first)
    if length < 126 {
      output.append(UInt8(length) | maskBit)
    } else {
      let size = length <= 0xFFFF ? 2 : 8
      output.append((size == 2 ? 126 : 127) | maskBit)
      for shift in stride(from: (size - 1) * 8, through: 0, by: -8) {
        output.append(UInt8(truncatingIfNeeded: length >> shift))
      }
    }
  }

  private static func prefix(of text: String, bytes limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    var end = text.startIndex
    for index in text.unicodeScalars.indices {
      let next = text.unicodeScalars.index(after: index)
      guard text.utf8.distance(from: text.startIndex, to: next) <= limit else { break }
      end = next
    }
    return String(text[..<end])
  }
}
