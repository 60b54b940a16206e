internal import COpenSSL

/// Everything connections of one kind share: certificates, trust, suites, ticket keys.
///
/// Immutable; any number of threads may make connections from it at once.
// Sendable: the handles are changed by nobody after init, and OpenSSL counts references to them
// atomically.
@safe public final class TLSContext: @unchecked Sendable {
  let raw: OpaquePointer
  let wireMethod: OpaquePointer
  let isServer: Bool
  let verifiesNames: Bool

  /// For a listener. The first pair serves clients that ask for no name or an unknown one.
  public static func server(_ pairs: [CertificatePair]) throws(TLSError) -> TLSContext {
    let context = try TLSContext(isServer: true, verifiesNames: false)
    for pair in pairs { try context.use(pair) }
    return context
  }

  /// For connections that are opened from here.
  public static func client(trusting trust: TLSTrust = .system) throws(TLSError) -> TLSContext {
    let context = try TLSContext(isServer: false, verifiesNames: trust != .anyone)
    try context.apply(trust)
    return context
  }

  private init(isServer: Bool, verifiesNames: Bool) throws(TLSError) {
    guard let raw = unsafe SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()) else {
      throw .taken(.context)
    }
    guard let method = unsafe Wire.makeMethod() else {
      unsafe SSL_CTX_free(raw)
      throw .taken(.context)
    }
    unsafe self.raw = raw
    unsafe wireMethod = method
    self.isServer = isServer
    self.verifiesNames = verifiesNames
    try configure()
  }

  deinit {
    unsafe SSL_CTX_free(raw)
    unsafe BIO_meth_free(wireMethod)
  }

  private func configure() throws(TLSError) {
    let suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    let older = """
      ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:\
      ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:\
      ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
      """
    guard unsafe muster_ctx_set_versions(raw, TLS1_2_VERSION, TLS1_3_VERSION) == 1,
      unsafe SSL_CTX_set_ciphersuites(raw, suites) == 1,
      unsafe SSL_CTX_set_cipher_list(raw, older) == 1,
      unsafe muster_ctx_set_groups(raw, "X25519:P-256:P-384") == 1
    else { throw .taken(.context) }
    // Without RELEASE_BUFFERS an idle connection keeps 16 KiB. PARTIAL_WRITE stays off: the wire
    // always takes everything.
    unsafe muster_ctx_set_mode(
      raw, Int(SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
    unsafe muster_ctx_set_read_ahead(raw, 1)
    unsafe muster_ctx_disable_session_cache(raw)
    unsafe muster_ctx_harden(raw)
  }

  private func use(_ pair: CertificatePair) throws(TLSError) {
    guard unsafe SSL_CTX_use_certificate_chain_file(raw, pair.certificatePath) == 1 else {
      throw .taken(.certificate, pair.certificatePath)
    }
    guard unsafe SSL_CTX_use_PrivateKey_file(raw, pair.keyPath, SSL_FILETYPE_PEM) == 1 else {
      throw .taken(.certificate, pair.keyPath)
    }
  }

  private func apply(_ trust: TLSTrust) throws(TLSError) {
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
    }
    unsafe SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nil)
  }
}

/// A certificate chain and its key, each a PEM file.
public struct CertificatePair: Sendable, Hashable {
  public var certificatePath: String
  public var keyPath: String

  public init(certificatePath: String, keyPath: String) {
    self.certificatePath = certificatePath
    self.keyPath = keyPath
  }
}

/// Whose certificates a client accepts.
public enum TLSTrust: Sendable, Hashable {
  /// The authorities that the machine trusts.
  case system
  /// The authorities (or the self-made certificate) in a PEM file.
  case file(String)
  /// Everybody: for measurements on the own machine.
  case anyone
}
