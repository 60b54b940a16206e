internal import COpenSSL
internal import Loop

/// Everything connections of one kind share: certificates, trust, suites, ticket keys.
///
/// Immutable; any number of threads may make connections from it at once.
// Sendable: nobody changes the handles or `server` after init, and OpenSSL counts references to
// the handles atomically.
@safe public final class TLSContext: @unchecked Sendable {
  let raw: OpaquePointer
  let options: TLSOptions
  /// Nil for a client.
  let server: ServerSide?
  let trust: TLSTrust
  /// Nil when OpenSSL carries the data of every connection.
  let recordAlgorithms: RecordAlgorithms?

  /// For a listener. The first pair serves clients that ask for no name or an unknown one; the
  /// others serve the names in their certificates, exact names before wildcards.
  public static func server(
    _ pairs: [CertificatePair], options: TLSOptions = TLSOptions()
  ) throws(TLSError) -> TLSContext {
    try server(pairs, options, TicketKeys(time: options.time))
  }

  /// A context like this one with other certificates; it opens the tickets of this one. This one
  /// stays as it is, so when a pair is bad nothing has happened.
  public func reloaded(_ pairs: [CertificatePair]) throws(TLSError) -> TLSContext {
    guard let server else { preconditionFailure("a client has no certificates to reload") }
    return try Self.server(pairs, options, server.ticketKeys)
  }

  /// For connections that are opened from here.
  public static func client(
    trusting trust: TLSTrust = .system, options: TLSOptions = TLSOptions()
  ) throws(TLSError) -> TLSContext {
    let context = try TLSContext(options, nil, trust)
    try context.verifyPeers()
    // RFC 7301, 3.1: each name behind its length. This call says 0 when it has worked.
    let protocols = options.protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    guard unsafe SSL_CTX_set_alpn_protos(context.raw, protocols, UInt32(protocols.count)) == 0
    else { throw .taken(.context) }
    return context
  }

  private static func server(
    _ pairs: [CertificatePair], _ options: TLSOptions, _ ticketKeys: TicketKeys
  ) throws(TLSError) -> TLSContext {
    guard !pairs.isEmpty else { throw TLSError(.certificate, "a listener needs a certificate") }
    var identities: [Identity] = []
    for pair in pairs { identities.append(try Identity(reading: pair)) }
    return try TLSContext(options, ServerSide(identities, ticketKeys), .anyone)
  }

  private init(
    _ options: TLSOptions, _ server: ServerSide?, _ trust: TLSTrust
  ) throws(TLSError) {
    let kind = server == nil ? unsafe TLS_client_method() : unsafe TLS_server_method()
    let mayOwn = options.ownsRecords && (server != nil || !options.collectsSessions)
    let properties = mayOwn ? HandshakeSecrets.properties : nil
    guard let raw = unsafe SSL_CTX_new_ex(nil, properties, kind) else { throw .taken(.context) }
    unsafe self.raw = raw
    self.options = options
    self.server = server
    self.trust = trust
    recordAlgorithms = properties.map { _ in RecordAlgorithms(mayBeFast: options.hasFastCiphers) }
    try configure()
    try unsafe server?.attach(to: raw)
  }

  deinit { unsafe SSL_CTX_free(raw) }

  /// Warnings about the certificates, for the operator: expired, expiring, key open to all.
  public var warnings: [String] {
    let now = options.time.unixMilliseconds / 1000
    return server?.identities.flatMap { $0.warnings(at: now) } ?? []
  }

  /// The SHA-256 of the first certificate, for clients that pin it. Servers only.
  public var fingerprint: [UInt8]? { server?.identities.first?.fingerprint }

  /// How many seconds the first certificate to expire is still good. Servers only.
  public var secondsUntilExpiry: Int64? {
    let now = options.time.unixMilliseconds / 1000
    return server?.identities.map { $0.secondsLeft(at: now) }.min()
  }
}

extension TLSContext {
  private func configure() throws(TLSError) {
    let older = """
      ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:\
      ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:\
      ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
      """
    let newest = options.newestVersion == .tls13 ? TLS1_3_VERSION : TLS1_2_VERSION
    let oldest = options.oldestVersion == .tls13 ? TLS1_3_VERSION : TLS1_2_VERSION
    guard unsafe muster_ctx_set_versions(raw, oldest, newest) == 1,
      unsafe SSL_CTX_set_ciphersuites(raw, options.suites) == 1,
      unsafe SSL_CTX_set_cipher_list(raw, older) == 1,
      unsafe muster_ctx_set_groups(raw, "X25519:P-256:P-384") == 1
    else { throw .taken(.context) }
    // Without RELEASE_BUFFERS an idle connection keeps 16 KiB. PARTIAL_WRITE stays off: the wire
    // always takes everything. The chain is what the file says: without NO_AUTO_CHAIN OpenSSL
    // would look for one in every handshake.
    let modes =
      SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN
    unsafe muster_ctx_set_mode(raw, Int(modes))
    unsafe muster_ctx_set_read_ahead(raw, usesOwnRecords ? 0 : 1)
    if usesOwnRecords { unsafe HandshakeSecrets.prepare(raw) }
    unsafe muster_ctx_disable_session_cache(raw)
    unsafe muster_ctx_harden(raw)
  }

  private func verifyPeers() throws(TLSError) {
    switch trust {
    case .anyone:
      unsafe SSL_CTX_set_verify(raw, SSL_VERIFY_NONE, nil)
      return
    case .system:
      guard unsafe SSL_CTX_set_default_verify_paths(raw) == 1 else { throw .taken(.context) }
    case .file(let path):
      guard unsafe SSL_CTX_load_verify_file(raw, path) == 1 else {
        throw .taken(.certificate, path)
      }
    case .pinned(let digest):
      precondition(digest.count == 32, "a pin is a SHA-256")
      // Unretained: the context outlives its connections, and with them every call.
      let this = unsafe Unmanaged.passUnretained(self).toOpaque()
      unsafe SSL_CTX_set_cert_verify_callback(
        raw, { store, this in unsafe TLSContext.checkPin(store, this) }, this)
    }
    unsafe SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nil)
  }

  private static func checkPin(
    _ store: OpaquePointer?, _ this: UnsafeMutableRawPointer?
  ) -> Int32 {
    guard let this = unsafe this else { return 0 }
    let context = unsafe Unmanaged<TLSContext>.fromOpaque(this).takeUnretainedValue()
    guard case .pinned(let pin) = context.trust else { return 0 }
    guard unsafe Identity.fingerprint(of: X509_STORE_CTX_get0_cert(store)) == pin else {
      unsafe X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED)
      return 0
    }
    return 1
  }
}

extension TLSContext {
  var isServer: Bool { server != nil }

  var usesOwnRecords: Bool { recordAlgorithms != nil }

  /// Whether a client requires the server's certificate to carry the name it connects to.
  var verifiesNames: Bool {
    switch trust {
    case .system, .file: true
    case .pinned, .anyone: false
    }
  }
}
