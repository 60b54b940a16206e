internal import COpenSSL
internal import Glibc

/// What is overheard while OpenSSL shakes hands, so that records can be read and written without
/// it afterwards: the two traffic secrets, and how many records were sent under the new key.
///
/// On the heap because OpenSSL's callbacks point to it between calls; wiped when it goes.
@safe struct HandshakeSecrets: ~Copyable {
  private struct Heard {
    var client: [48 of UInt8] = .init(repeating: 0)
    var server: [48 of UInt8] = .init(repeating: 0)
    var clientLength = 0
    var serverLength = 0
    var hasSentFinished = false
    var recordsSentSince: UInt64 = 0
  }

  private let heard: UnsafeMutablePointer<Heard>

  /// Begins to listen to `ssl`, whose context must have been prepared by `listen`.
  init(of ssl: OpaquePointer) {
    unsafe heard = .allocate(capacity: 1)
    unsafe heard.initialize(to: Heard())
    unsafe SSL_set_ex_data(ssl, 0, heard)
  }

  deinit {
    unsafe OPENSSL_cleanse(heard, MemoryLayout<Heard>.size)
    unsafe heard.deallocate()
  }

  /// Lets connections of `context` be overheard.
  static func listen(_ context: OpaquePointer) {
    unsafe SSL_CTX_set_keylog_callback(context) { ssl, line in
      guard let line = unsafe line, let heard = unsafe HandshakeSecrets.heard(ssl) else { return }
      unsafe HandshakeSecrets.note(line, &heard.pointee)
    }
    unsafe SSL_CTX_set_msg_callback(context) { isSent, _, kind, bytes, count, ssl, _ in
      guard isSent == 1, let heard = unsafe HandshakeSecrets.heard(ssl) else { return }
      unsafe HandshakeSecrets.noteSent(
        kind, UnsafeRawBufferPointer(start: bytes, count: count), &heard.pointee)
    }
  }

  /// Stops listening; `ssl` may then outlive this.
  static func ignore(_ ssl: OpaquePointer) {
    unsafe SSL_set_msg_callback(ssl, nil)
    unsafe SSL_set_ex_data(ssl, 0, nil)
  }

  private static func heard(_ ssl: OpaquePointer?) -> UnsafeMutablePointer<Heard>? {
    unsafe SSL_get_ex_data(ssl, 0)?.assumingMemoryBound(to: Heard.self)
  }

  /// The secret a side writes with; nil unless both were heard, with this many bytes.
  func secret(ofServer: Bool, length: Int) -> TrafficSecret? {
    guard unsafe heard.pointee.serverLength == length, unsafe heard.pointee.clientLength == length
    else { return nil }
    if ofServer { return unsafe Self.copy(&heard.pointee.server, length) }
    return unsafe Self.copy(&heard.pointee.client, length)
  }

  private static func copy(_ secret: inout [48 of UInt8], _ length: Int) -> TrafficSecret {
    unsafe withUnsafeMutableBytes(of: &secret) { bytes in
      unsafe TrafficSecret(copying: UnsafeRawBufferPointer(bytes), length: length)
    }
  }

  /// The sequence number of the next record to send: session tickets went out already.
  var nextSequence: UInt64 { unsafe heard.pointee.recordsSentSince }
}

extension HandshakeSecrets {
  /// Reads a line such as `SERVER_TRAFFIC_SECRET_0 <client's random> <secret>`.
  private static func note(_ line: UnsafePointer<CChar>, _ heard: inout Heard) {
    if unsafe strncmp(line, "CLIENT_TRAFFIC_SECRET_0 ", 24) == 0 {
      heard.clientLength = unsafe read(strrchr(line, 32) + 1, &heard.client)
    } else if unsafe strncmp(line, "SERVER_TRAFFIC_SECRET_0 ", 24) == 0 {
      heard.serverLength = unsafe read(strrchr(line, 32) + 1, &heard.server)
    }
  }

  private static func read(_ digits: UnsafePointer<CChar>, _ secret: inout [48 of UInt8]) -> Int {
    let length = unsafe strlen(digits) / 2
    guard length <= 48 else { return 0 }
    for index in 0..<length {
      let high = unsafe value(digits[2 * index])
      let low = unsafe value(digits[2 * index + 1])
      secret[index] = high << 4 | low
    }
    return length
  }

  private static func value(_ digit: CChar) -> UInt8 {
    let digit = UInt8(bitPattern: digit)
    return digit <= UInt8(ascii: "9")
      ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
  }

  /// The traffic key is in use from the record after Finished (RFC 8446, 4.4.4).
  private static func noteSent(
    _ kind: Int32, _ bytes: UnsafeRawBufferPointer, _ heard: inout Heard
  ) {
    if kind == SSL3_RT_HEADER {
      if heard.hasSentFinished { heard.recordsSentSince += 1 }
    } else if kind == SSL3_RT_HANDSHAKE, unsafe bytes.first == UInt8(SSL3_MT_FINISHED) {
      heard.hasSentFinished = true
    }
  }
}
