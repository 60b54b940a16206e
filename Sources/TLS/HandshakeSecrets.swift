internal import COpenSSL
internal import COverhear

/// The secrets captured during OpenSSL's handshake, so that records can be read and written without
/// it afterwards: the two traffic secrets, and how many records were sent under the new key.
///
/// On the heap because OpenSSL's callbacks point to it between calls; wiped when it goes.
@safe struct HandshakeSecrets: ~Copyable {
  private struct Heard {
    var secrets = overheard()
    var hasSentFinished = false
    var recordsSentSince: UInt64 = 0
  }

  private let heard: UnsafeMutablePointer<Heard>

  /// The library context that makes the secrets of connections accessible; nil if they cannot be.
  static var properties: String? { overhear_install() == 1 ? OVERHEAR_PROPERTIES : nil }

  /// For `ssl`, whose context must have been made with `properties` and prepared by `prepare`.
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
  static func prepare(_ context: OpaquePointer) {
    unsafe SSL_CTX_set_msg_callback(context) { isSent, _, kind, bytes, count, ssl, _ in
      guard isSent == 1, let heard = unsafe HandshakeSecrets.heard(ssl) else { return }
      unsafe HandshakeSecrets.noteSent(
        kind, UnsafeRawBufferPointer(start: bytes, count: count), &heard.pointee)
    }
  }

  /// Notes what is derived on this thread until `stopListening`, which is to say for this
  /// connection while it is driven.
  func listen() {
    unsafe withUnsafeMutablePointer(to: &heard.pointee.secrets) { unsafe overhear_into($0) }
  }

  static func stopListening() { overhear_into(nil) }

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
    let lengths = unsafe (heard.pointee.secrets.client_length, heard.pointee.secrets.server_length)
    guard lengths.0 == length, lengths.1 == length else { return nil }
    if ofServer { return unsafe Self.copy(&heard.pointee.secrets.server, length) }
    return unsafe Self.copy(&heard.pointee.secrets.client, length)
  }

  private static func copy<Bytes>(_ secret: inout Bytes, _ length: Int) -> TrafficSecret {
    unsafe withUnsafeMutableBytes(of: &secret) { bytes in
      unsafe TrafficSecret(copying: UnsafeRawBufferPointer(bytes), length: length)
    }
  }

  /// The sequence number of the next record to send: session tickets went out already.
  var nextSequence: UInt64 { unsafe heard.pointee.recordsSentSince }
}

extension HandshakeSecrets {
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
