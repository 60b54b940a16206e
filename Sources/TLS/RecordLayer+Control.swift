internal import Bytes

/// Reads what may still come of the handshake protocol, across records.
///
/// Session tickets (for clients) are skipped by counting, so nothing is ever stored.
struct PostHandshake {
  enum Event: Equatable {
    case keyUpdate(isRequest: Bool)
    case skipped
  }

  private static let newSessionTicket: UInt8 = 4
  private static let keyUpdate: UInt8 = 24
  private static let headerLength = 4
  // RFC 8446, 4.6.1: the longest ticket with all its fields is a little over 64 KiB twice.
  private static let longestTicket = 1 << 17 + 512

  private var header: [4 of UInt8] = .init(repeating: 0)
  private var seen = 0
  private var missing = 0

  /// Whether a message has begun and not ended.
  var isInside: Bool { seen > 0 }

  /// Takes the next byte; an event when it ends a message.
  mutating func take(_ byte: UInt8, isServer: Bool) throws(RecordFailure) -> Event? {
    if seen < Self.headerLength {
      header[seen] = byte
      seen += 1
      if seen == Self.headerLength { try begin(isServer: isServer) }
      return nil
    }
    missing -= 1
    guard missing == 0 else { return nil }
    seen = 0
    guard header[0] == Self.keyUpdate else { return .skipped }
    // RFC 8446, 4.6.3.
    guard byte <= 1 else {
      throw RecordFailure(.decodeError, .protocolViolation, "a key update that is none")
    }
    return .keyUpdate(isRequest: byte == 1)
  }

  private mutating func begin(isServer: Bool) throws(RecordFailure) {
    missing = Int(header[1]) << 16 | Int(header[2]) << 8 | Int(header[3])
    switch header[0] {
    case Self.keyUpdate:
      guard missing == 1 else {
        throw RecordFailure(.decodeError, .protocolViolation, "a key update of \(missing) bytes")
      }
    case Self.newSessionTicket where !isServer && missing > 0:
      guard missing <= Self.longestTicket else {
        throw RecordFailure(.decodeError, .protocolViolation, "a ticket of \(missing) bytes")
      }
    default:
      throw RecordFailure(
        .unexpectedMessage, .protocolViolation, "a handshake message of kind \(header[0])")
    }
  }
}

extension RecordLayer {
  /// Deals with a record that is not application data.
  mutating func takeControl(_ type: UInt8, _ content: [UInt8]) throws(RecordFailure) {
    switch type {
    case ContentType.handshake: try takeHandshake(content)
    case ContentType.alert: try takeAlert(content)
    default:
      throw RecordFailure(.unexpectedMessage, .protocolViolation, "a record of type \(type)")
    }
  }

  private mutating func takeHandshake(_ content: [UInt8]) throws(RecordFailure) {
    // RFC 8446, 5.1: no empty pieces.
    guard !content.isEmpty else {
      throw RecordFailure(.unexpectedMessage, .protocolViolation, "an empty handshake record")
    }
    for (index, byte) in content.enumerated() {
      guard case .keyUpdate(let isRequest) = try messages.take(byte, isServer: isServer) else {
        continue
      }
      // RFC 8446, 5.1: the key changes at the end of a record and nowhere else.
      guard index == content.count - 1 else {
        throw RecordFailure(.unexpectedMessage, .protocolViolation, "more behind a key update")
      }
      incoming.advance()
      // One answer is enough for any number of requests that came together (RFC 8446, 4.6.3).
      owesKeyUpdate = owesKeyUpdate || isRequest
    }
    try countIdle(true)
  }

  private mutating func takeAlert(_ content: [UInt8]) throws(RecordFailure) {
    // RFC 8446, 5.1: an alert is one record.
    guard content.count == 2, !messages.isInside else {
      throw RecordFailure(.decodeError, .protocolViolation, "a malformed alert")
    }
    switch Alert(rawValue: content[1]) {
    case .closeNotify: peerHasClosed = true
    case .userCanceled: try countIdle(true)
    default:
      throw RecordFailure(.closeNotify, .peerAlert, "the peer sent alert \(content[1])")
    }
  }
}

extension RecordLayer {
  /// See `TLSConnection.seal`.
  mutating func seal(
    _ plaintext: UnsafeRawBufferPointer, _ output: inout ByteBuffer
  ) throws(TLSError) {
    var start = 0
    while start < plaintext.count {
      if outgoing.sequence >= recordLimit { sealKeyUpdate(&output) }
      let end = min(start + Self.maximumPlaintext, plaintext.count)
      let piece = unsafe UnsafeRawBufferPointer(rebasing: plaintext[start..<end])
      unsafe sealRecord(ContentType.applicationData, piece, &output)
      start = end
    }
  }

  mutating func closeNotify(_ output: inout ByteBuffer) {
    sealAlert(.closeNotify, isFatal: false, &output)
  }

  mutating func sealAlert(_ alert: Alert, isFatal: Bool, _ output: inout ByteBuffer) {
    sealControl(ContentType.alert, [isFatal ? 2 : 1, alert.rawValue], &output)
  }

  /// Tells the peer that the next record comes under the next key, and goes on to it.
  mutating func sealKeyUpdate(askingPeer: Bool = false, _ output: inout ByteBuffer) {
    owesKeyUpdate = false
    sealControl(ContentType.handshake, [24, 0, 0, 1, askingPeer ? 1 : 0], &output)
    outgoing.advance()
  }

  mutating func sealControl(
    _ type: UInt8, _ content: [UInt8], _ output: inout ByteBuffer
  ) {
    unsafe content.withUnsafeBytes { unsafe sealRecord(type, $0, &output) }
  }

  private mutating func sealRecord(
    _ type: UInt8, _ content: UnsafeRawBufferPointer, _ output: inout ByteBuffer
  ) {
    let length = content.count + 1 + RecordCipher.tagLength
    let isSealed = unsafe output.appendSealed(Self.headerLength + length) { header in
      // RFC 8446, 5.2: outwardly all records are application data of TLS 1.2.
      unsafe header[0] = ContentType.applicationData
      unsafe header[1] = 3
      unsafe header[2] = 3
      unsafe header[3] = UInt8(truncatingIfNeeded: length >> 8)
      unsafe header[4] = UInt8(truncatingIfNeeded: length)
      return unsafe outgoing.seal(content, type: type, header: header)
    }
    precondition(isSealed, "libcrypto failed to encrypt a record")
  }
}

extension ByteBuffer {
  /// Appends exactly `count` bytes that `fill` writes; nothing when it says no.
  fileprivate mutating func appendSealed(
    _ count: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Bool
  ) -> Bool {
    var isFilled = false
    unsafe appendUnsafe(minimum: count) { room in
      let start = unsafe room.bindMemory(to: UInt8.self).baseAddress
      unsafe isFilled = start.map { unsafe fill($0) } ?? false
      return isFilled ? count : 0
    }
    return isFilled
  }
}
