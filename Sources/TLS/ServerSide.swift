internal import COpenSSL

/// The answers of a listener's context to OpenSSL: which certificate for this name, which
/// protocol, which ticket key.
///
/// OpenSSL holds an unretained pointer to it; the context that owns it outlives every connection.
final class ServerSide {
  let identities: [Identity]
  let ticketKeys: TicketKeys

  init(_ identities: [Identity], _ ticketKeys: TicketKeys) {
    self.identities = identities
    self.ticketKeys = ticketKeys
  }

  func attach(to context: OpaquePointer) throws(TLSError) {
    let this = unsafe Unmanaged.passUnretained(self).toOpaque()
    guard unsafe SSL_CTX_set_ex_data(context, 0, this) == 1 else { throw .taken(.context) }
    try unsafe useDefaults(context)
    if identities.count > 1 {
      unsafe SSL_CTX_set_cert_cb(
        context, { ssl, this in unsafe ServerSide.choose(ssl, this) }, this)
    }
    unsafe SSL_CTX_set_alpn_select_cb(context, unsafe ServerSide.selectProtocol, nil)
    unsafe muster_ctx_set_ticket_keys(context, unsafe ServerSide.ticketKey)
    // One ticket is enough: every resumption brings the next one.
    unsafe SSL_CTX_set_num_tickets(context, 1)
    unsafe SSL_CTX_set_timeout(context, Int(TicketKeys.period / 1_000_000_000))
    unsafe SSL_CTX_set_session_id_context(context, [0x6D, 0x75, 0x73], 3)
  }

  /// The first pair, and the first of the other kind of key for clients that know only that.
  private func useDefaults(_ context: OpaquePointer) throws(TLSError) {
    for kind in [Identity.Kind.ecdsa, .rsa] {
      guard let identity = identities.first(where: { $0.kind == kind }) else { continue }
      guard
        unsafe SSL_CTX_use_cert_and_key(
          context, identity.certificate, identity.key, identity.chain, 1) == 1
      else { throw .taken(.certificate, identity.pair.certificatePath) }
    }
  }
}

// Called by OpenSSL during a handshake, on the thread that drives the connection.
extension ServerSide {
  private static func of(_ ssl: OpaquePointer?) -> ServerSide? {
    unsafe SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0).map {
      unsafe Unmanaged<ServerSide>.fromOpaque($0).takeUnretainedValue()
    }
  }

  /// Replaces the default certificates when others carry the name that the client asks for.
  private static func choose(_ ssl: OpaquePointer?, _ this: UnsafeMutableRawPointer?) -> Int32 {
    guard let this = unsafe this, let ssl = unsafe ssl,
      let name = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)
    else { return 1 }
    let side = unsafe Unmanaged<ServerSide>.fromOpaque(this).takeUnretainedValue()
    let chosen = [Identity.Kind.ecdsa, .rsa].compactMap { unsafe side.best(for: name, $0) }
    if chosen.isEmpty { return 1 }
    unsafe SSL_certs_clear(ssl)
    for identity in chosen {
      guard
        unsafe SSL_use_cert_and_key(ssl, identity.certificate, identity.key, identity.chain, 1) == 1
      else { return 0 }
    }
    return 1
  }

  /// An exact name goes before a wildcard, and an earlier pair before a later one.
  private func best(for name: UnsafePointer<CChar>, _ kind: Identity.Kind) -> Identity? {
    let candidates = identities.filter { $0.kind == kind }
    return candidates.first { unsafe $0.serves(name, wildcards: false) }
      ?? candidates.first { unsafe $0.serves(name, wildcards: true) }
  }

  /// RFC 7301, 3.2: a client that offers protocols but not ours is told so.
  private static let selectProtocol: SSL_CTX_alpn_select_cb_func = {
    _, selected, selectedLength, offer, length, _ in
    let wanted: StaticString = "http/1.1"
    guard let offer = unsafe offer else { return SSL_TLSEXT_ERR_NOACK }
    var index = 0
    while index < Int(length) {
      let count = unsafe Int(offer[index])
      let name = unsafe offer + index + 1
      guard index + 1 + count <= Int(length) else { return SSL_TLSEXT_ERR_ALERT_FATAL }
      if count == wanted.utf8CodeUnitCount, unsafe memcmp(name, wanted.utf8Start, count) == 0 {
        // OpenSSL copies the name before the offer goes away.
        unsafe selected?.pointee = name
        unsafe selectedLength?.pointee = UInt8(count)
        return SSL_TLSEXT_ERR_OK
      }
      index += 1 + count
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
  }

  private static let ticketKey: MusterTicketKeyCallback = {
    ssl, name, vector, cipher, mac, encrypting in
    guard let side = unsafe ServerSide.of(ssl), let name = unsafe name,
      let vector = unsafe vector, let cipher = unsafe cipher, let mac = unsafe mac
    else { return -1 }
    return unsafe side.ticketKeys.prepare(
      name: name, vector: vector, cipher: cipher, mac: mac, encrypting: encrypting == 1)
  }
}
