internal import Bytes
internal import COpenSSL

/// One connection as OpenSSL sees it: the handshake, and the records of TLS 1.2.
@safe struct OpenSSLSession: ~Copyable {
  private let ssl: OpaquePointer
  // Owned by `ssl`; kept to hand it the wire of each call.
  private let bio: OpaquePointer
  // Only while a handshake may end with our own records.
  private var secrets: HandshakeSecrets?

  init(_ context: TLSContext) throws(TLSError) {
    guard let ssl = unsafe SSL_new(context.raw) else { throw .taken(.context) }
    guard let method = Wire.method, let bio = unsafe BIO_new(method.pointer) else {
      unsafe SSL_free(ssl)
      throw .taken(.context)
    }
    unsafe SSL_set_bio(ssl, bio, bio)
    unsafe self.ssl = ssl
    unsafe self.bio = bio
    if context.isServer {
      unsafe SSL_set_accept_state(ssl)
    } else {
      unsafe SSL_set_connect_state(ssl)
    }
    if context.usesOwnRecords { secrets = unsafe HandshakeSecrets(of: ssl) }
  }

  deinit {
    // Otherwise OpenSSL declares the session dead, and nobody could resume it.
    unsafe SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
    unsafe SSL_free(ssl)
  }

  var isEstablished: Bool { unsafe SSL_is_init_finished(ssl) == 1 }

  /// OpenSSL has a buffer for one record while the end of a record has not come.
  var recordMemory: Int {
    unsafe isEstablished && SSL_has_pending(ssl) == 1 ? RecordLayer.maximumCiphertext : 0
  }

  /// Goes on with the handshake as far as the bytes allow; says how many of them it took, or nil
  /// when it took all and needs more.
  mutating func shakeHands(
    _ ciphertext: UnsafeRawBufferPointer, _ reply: inout ByteBuffer
  ) throws(TLSError) -> Int? {
    let session = unsafe ssl
    secrets?.listen()
    defer { HandshakeSecrets.stopListening() }
    return try unsafe withWire(ciphertext, &reply) { wire throws(TLSError) in
      guard try unsafe Self.shakeHands(session) else { return nil }
      return unsafe ciphertext.count - wire.pointee.remaining
    }
  }

  /// Decrypts received bytes for the caller.
  mutating func open(
    _ ciphertext: UnsafeRawBufferPointer, _ plaintext: inout ByteBuffer, _ reply: inout ByteBuffer
  ) throws(TLSError) -> TLSProgress {
    let session = unsafe ssl
    return try unsafe withWire(ciphertext, &reply) { wire throws(TLSError) in
      try unsafe Self.read(session, wire, &plaintext)
    }
  }

  /// Appends the records that carry `plaintext`.
  mutating func seal(
    _ plaintext: UnsafeRawBufferPointer, _ output: inout ByteBuffer
  ) throws(TLSError) {
    let session = unsafe ssl
    let nothing = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    try unsafe withWire(nothing, &output) { _ throws(TLSError) in
      var written = 0
      guard unsafe SSL_write_ex(session, plaintext.baseAddress, plaintext.count, &written) == 1
      else { throw .taken(.protocolViolation, "sending") }
    }
  }

  /// Appends the alert that ends this direction; nothing while the handshake is unfinished.
  mutating func closeNotify(_ output: inout ByteBuffer) {
    let session = unsafe ssl
    let nothing = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    unsafe withWire(nothing, &output) { _ in
      if unsafe SSL_shutdown(session) < 0 { ERR_clear_error() }
    }
  }

  mutating func updateKey(askingPeer: Bool, _ output: inout ByteBuffer) throws(TLSError) {
    let session = unsafe ssl
    guard unsafe SSL_version(session) == TLS1_3_VERSION else { return }
    let kind = askingPeer ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED
    let nothing = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    try unsafe withWire(nothing, &output) { _ throws(TLSError) in
      guard unsafe SSL_key_update(session, kind) == 1, unsafe SSL_do_handshake(session) == 1
      else { throw .taken(.protocolViolation, "changing the key") }
    }
  }

  private mutating func withWire<Result, Failure: Error>(
    _ incoming: UnsafeRawBufferPointer, _ outgoing: inout ByteBuffer,
    _ body: (UnsafeMutablePointer<Wire>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var wire = unsafe Wire(
      incoming: incoming.baseAddress, remaining: incoming.count, outgoing: ByteBuffer())
    // OpenSSL appends straight to the caller's buffer; the caller gets it back whatever happens.
    swap(&wire.outgoing, &outgoing)
    defer { swap(&wire.outgoing, &outgoing) }
    let bio = unsafe bio
    return try unsafe withUnsafeMutablePointer(to: &wire) { wire throws(Failure) in
      unsafe BIO_set_data(bio, wire)
      defer { unsafe BIO_set_data(bio, nil) }
      return try unsafe body(wire)
    }
  }

  /// Goes as far as the received bytes allow; true when the handshake is done.
  private static func shakeHands(_ ssl: OpaquePointer) throws(TLSError) -> Bool {
    let result = unsafe SSL_do_handshake(ssl)
    if result == 1 { return true }
    let error = unsafe SSL_get_error(ssl, result)
    guard error == SSL_ERROR_WANT_READ else {
      let verified = unsafe SSL_get_verify_result(ssl)
      guard verified == Int(X509_V_OK) else {
        ERR_clear_error()
        throw unsafe TLSError(
          .untrusted, String(cString: X509_verify_cert_error_string(verified)))
      }
      throw .taken(.handshake)
    }
    return false
  }

  private static func read(
    _ ssl: OpaquePointer, _ wire: UnsafeMutablePointer<Wire>, _ plaintext: inout ByteBuffer
  ) throws(TLSError) -> TLSProgress {
    while unsafe wire.pointee.remaining > 0 || SSL_has_pending(ssl) == 1 {
      var count = 0
      // A record's plaintext is shorter than the record, so this is room enough for most turns.
      let room = unsafe min(max(wire.pointee.remaining, 256), 16384)
      unsafe plaintext.appendUnsafe(minimum: room) { target in
        _ = unsafe SSL_read_ex(ssl, target.baseAddress, target.count, &count)
        return count
      }
      guard count == 0 else { continue }
      switch unsafe SSL_get_error(ssl, 0) {
      case SSL_ERROR_WANT_READ: return .established
      case SSL_ERROR_ZERO_RETURN: return .closed
      default: throw .taken(.protocolViolation)
      }
    }
    return .established
  }
}

extension OpenSSLSession {
  /// The records that carry the data from here on in place of this session; nil when this session has to,
  /// because the version, the suite or what was sent so far is not what our own records expect.
  mutating func makeRecordLayer(_ context: TLSContext) -> RecordLayer? {
    defer { stopListening() }
    guard let algorithms = context.recordAlgorithms, unsafe SSL_version(ssl) == TLS1_3_VERSION,
      let suite = unsafe RecordSuite(
        rawValue: SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(ssl))),
      // Nothing behind the handshake may have been read already.
      unsafe SSL_has_pending(ssl) == 0, let sequence = secrets?.nextSequence,
      let theirs = secrets?.secret(ofServer: !context.isServer, length: suite.secretLength),
      let ours = secrets?.secret(ofServer: context.isServer, length: suite.secretLength),
      let incoming = RecordCipher(suite, algorithms, theirs, sealing: false, sequence: 0),
      let outgoing = RecordCipher(suite, algorithms, ours, sealing: true, sequence: sequence)
    else { return nil }
    return RecordLayer(
      incoming: incoming, outgoing: outgoing, isServer: context.isServer,
      recordLimit: context.options.recordLimit ?? suite.recordLimit)
  }

  private mutating func stopListening() {
    unsafe HandshakeSecrets.ignore(ssl)
    secrets = nil
    // During the handshake nothing is read ahead, so that what follows it can go elsewhere.
    unsafe SSL_set_read_ahead(ssl, 1)
  }

  /// Names the server the client wants, and requires its certificate to carry that name.
  mutating func setServerName(_ name: String, verified: Bool) throws(TLSError) {
    let isAddress = ServerName.isAddress(name)
    if !isAddress, unsafe muster_set_host_name(ssl, name) != 1 { throw .taken(.context) }
    guard verified else { return }
    let parameters = unsafe SSL_get0_param(ssl)
    let accepted =
      isAddress
      ? unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, name)
      : unsafe X509_VERIFY_PARAM_set1_host(parameters, name, 0)
    if accepted != 1 { throw .taken(.context) }
  }

  mutating func resume(_ session: TLSSession) throws(TLSError) {
    guard unsafe SSL_set_session(ssl, session.raw) == 1 else { throw .taken(.context) }
  }

  /// The session that a later connection to the same server may resume; TLS 1.3 servers send it a little
  /// after the handshake.
  func resumableSession() -> TLSSession? {
    guard let session = unsafe SSL_get1_session(ssl) else { return nil }
    guard unsafe SSL_SESSION_is_resumable(session) == 1 else {
      unsafe SSL_SESSION_free(session)
      return nil
    }
    return unsafe TLSSession(owning: session)
  }

  func facts() -> TLSFacts {
    let cipher = unsafe SSL_get_current_cipher(ssl)
    let name = unsafe SSL_CIPHER_standard_name(cipher).map { unsafe String(cString: $0) }
    let server = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)
    return unsafe TLSFacts(
      version: SSL_version(ssl) == TLS1_3_VERSION ? .tls13 : .tls12, cipher: name ?? "",
      applicationProtocol: applicationProtocol(),
      serverName: server.map { unsafe String(cString: $0) },
      isResumed: SSL_session_reused(ssl) == 1)
  }

  private func applicationProtocol() -> String? {
    var name: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    unsafe SSL_get0_alpn_selected(ssl, &name, &length)
    guard let name = unsafe name, length > 0 else { return nil }
    return unsafe String(
      decoding: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self)
  }
}
