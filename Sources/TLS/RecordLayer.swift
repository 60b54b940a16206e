internal import Bytes
internal import COpenSSL

/// A reason to end the connection, and the alert that tells the peer.
struct RecordFailure: Error {
  let alert: Alert
  let error: TLSError

  init(_ alert: Alert, _ code: TLSError.Code, _ detail: String) {
    self.alert = alert
    error = TLSError(code, detail)
  }
}

/// RFC 8446, 6: the alerts that are sent or understood here.
enum Alert: UInt8 {
  case closeNotify = 0
  case unexpectedMessage = 10
  case badRecordMAC = 20
  case recordOverflow = 22
  case decodeError = 50
  case userCanceled = 90
}

/// RFC 8446, 5.1.
enum ContentType {
  static let alert: UInt8 = 21
  static let handshake: UInt8 = 22
  static let applicationData: UInt8 = 23
}

/// The records of TLS 1.3 after the handshake, without OpenSSL's connection object: what a kernel
/// would do, a tenth of the memory and half of the time.
@safe struct RecordLayer: ~Copyable {
  static let headerLength = 5
  static let maximumPlaintext = 1 << 14
  // RFC 8446, 5.2.
  static let maximumCiphertext = maximumPlaintext + 256
  /// As many records in a row may bring nothing; OpenSSL allows the same number.
  static let maximumIdle = 32

  var incoming: RecordCipher
  var outgoing: RecordCipher
  let isServer: Bool
  let recordLimit: UInt64
  // The beginning of a record whose end has not come; owns no memory otherwise.
  private var partial = ByteBuffer()
  var partialCapacity: Int { partial.capacity }
  var messages = PostHandshake()
  // Records in a row that brought no data.
  var idleRecords = 0
  var owesKeyUpdate = false
  var peerHasClosed = false

  init(
    incoming: consuming RecordCipher, outgoing: consuming RecordCipher, isServer: Bool,
    recordLimit: UInt64
  ) {
    self.incoming = incoming
    self.outgoing = outgoing
    self.isServer = isServer
    self.recordLimit = recordLimit
  }

  /// See `TLSConnection.open`.
  mutating func open(
    _ input: UnsafeRawBufferPointer, _ plaintext: inout ByteBuffer, _ reply: inout ByteBuffer
  ) throws(TLSError) -> TLSProgress {
    do throws(RecordFailure) {
      try unsafe takeRecords(input, &plaintext)
    } catch {
      if error.error.code != .peerAlert { sealAlert(error.alert, isFatal: true, &reply) }
      throw error.error
    }
    if owesKeyUpdate { sealKeyUpdate(&reply) }
    return peerHasClosed ? .closed : .established
  }

  private mutating func takeRecords(
    _ input: UnsafeRawBufferPointer, _ plaintext: inout ByteBuffer
  ) throws(RecordFailure) {
    var rest = unsafe input
    if !partial.isEmpty {
      guard let used = try unsafe completePartial(input, &plaintext) else { return }
      unsafe rest = UnsafeRawBufferPointer(rebasing: input[used...])
    }
    // RFC 8446, 6.1: what comes behind a close_notify is ignored.
    while !peerHasClosed, let length = try unsafe Self.recordLength(rest), length <= rest.count {
      try unsafe take(UnsafeRawBufferPointer(rebasing: rest[..<length]), &plaintext)
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[length...])
    }
    if !peerHasClosed { unsafe partial.append(rest) }
  }

  /// Adds to the record that has begun; nil while it is not whole, else how many bytes were used.
  private mutating func completePartial(
    _ input: UnsafeRawBufferPointer, _ plaintext: inout ByteBuffer
  ) throws(RecordFailure) -> Int? {
    var used = 0
    while true {
      let length = try unsafe partial.withUnsafeBytes { (bytes) throws(RecordFailure) in
        try unsafe Self.recordLength(bytes)
      }
      let wanted = (length ?? Self.headerLength) - partial.count
      if length != nil, wanted == 0 { break }
      let some = min(wanted, input.count - used)
      guard some > 0 else { return nil }
      unsafe partial.append(UnsafeRawBufferPointer(rebasing: input[used..<used + some]))
      used += some
    }
    var whole = ByteBuffer()
    swap(&whole, &partial)
    try unsafe whole.withUnsafeBytes { (record) throws(RecordFailure) in
      try unsafe take(record, &plaintext)
    }
    return used
  }

  /// How long the first record is with its header; nil while its header is not whole.
  private static func recordLength(
    _ bytes: UnsafeRawBufferPointer
  ) throws(RecordFailure) -> Int? {
    guard bytes.count >= headerLength else { return nil }
    // RFC 8446, 5: neither a change_cipher_spec nor anything in the clear may come any more.
    guard unsafe bytes[0] == ContentType.applicationData else {
      throw RecordFailure(.unexpectedMessage, .protocolViolation, "a record in the clear")
    }
    let length = unsafe Int(bytes[3]) << 8 | Int(bytes[4])
    guard length <= maximumCiphertext else {
      throw RecordFailure(.recordOverflow, .protocolViolation, "a record of \(length) bytes")
    }
    guard length > RecordCipher.tagLength else {
      throw RecordFailure(.badRecordMAC, .badRecord, "a record without content")
    }
    return headerLength + length
  }
}

extension RecordLayer {
  /// Decrypts one whole record; application data goes straight to where the caller wants it.
  private mutating func take(
    _ record: UnsafeRawBufferPointer, _ plaintext: inout ByteBuffer
  ) throws(RecordFailure) {
    let count = record.count - Self.headerLength
    var control: (type: UInt8, content: [UInt8])?
    var appended = 0
    try unsafe plaintext.appendUnsafe(minimum: count) { (target) throws(RecordFailure) in
      let target = unsafe target.bindMemory(to: UInt8.self)
      guard let header = unsafe record.bindMemory(to: UInt8.self).baseAddress,
        let start = target.baseAddress,
        unsafe incoming.open(header: header, count: count, into: start)
      else {
        ERR_clear_error()
        throw RecordFailure(.badRecordMAC, .badRecord, "a record that the peer did not send")
      }
      let content = try unsafe Self.withoutPadding(
        UnsafeBufferPointer(start: start, count: count - RecordCipher.tagLength))
      guard content.type == ContentType.applicationData else {
        unsafe control = (content.type, Array(target[..<content.count]))
        return 0
      }
      guard !messages.isInside else {
        // RFC 8446, 5.1: nothing may come between the pieces of a handshake message.
        throw RecordFailure(.unexpectedMessage, .protocolViolation, "data inside a message")
      }
      appended = content.count
      return content.count
    }
    if let control { return try takeControl(control.type, control.content) }
    try countIdle(appended == 0)
  }

  /// RFC 8446, 5.4: zeros behind the content are padding; the last byte that is none is the type.
  private static func withoutPadding(
    _ inner: UnsafeBufferPointer<UInt8>
  ) throws(RecordFailure) -> (type: UInt8, count: Int) {
    guard inner.count <= maximumPlaintext + 1 else {
      throw RecordFailure(.recordOverflow, .protocolViolation, "more than 16 KiB in a record")
    }
    var last = inner.count - 1
    while last >= 0, unsafe inner[last] == 0 { last -= 1 }
    guard last >= 0 else {
      throw RecordFailure(.unexpectedMessage, .protocolViolation, "a record without a type")
    }
    return unsafe (inner[last], last)
  }

  /// A peer that keeps sending what brings nothing only wants our time.
  mutating func countIdle(_ isIdle: Bool) throws(RecordFailure) {
    idleRecords = isIdle ? idleRecords + 1 : 0
    guard idleRecords <= Self.maximumIdle else {
      throw RecordFailure(.unexpectedMessage, .protocolViolation, "too many records of no use")
    }
  }
}
