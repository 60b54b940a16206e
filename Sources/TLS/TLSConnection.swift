public import Bytes
public import Loop

/// One TLS connection without a socket: bytes go in, bytes come out.
///
/// The caller receives into a buffer that it shares between connections, hands those bytes to
/// `open`, and sends whatever was appended to `reply`. An idle connection owns no buffer.
/// It belongs to one thread at a time.
@safe public struct TLSConnection: ~Copyable {
  private enum Stage { case fresh, handshaking, established, ended }

  // Keeps alive what OpenSSL's session points to.
  private let context: TLSContext
  // OpenSSL shakes hands; then either it stays, or `records` takes its place and it is freed.
  private var session: OpenSSLSession?
  var records: RecordLayer?
  private var stage = Stage.fresh
  private var hasSentClose = false
  // Bytes of a handshake that is not done.
  private var handshakeBytes = 0
  /// Known once the handshake is done.
  public private(set) var facts: TLSFacts?

  /// The server's end of a connection that was just accepted.
  public init(accepting context: TLSContext) throws(TLSError) {
    precondition(context.isServer, "a client context cannot accept")
    self.context = context
    session = try OpenSSLSession(context)
  }

  /// The client's end; `start` gives the first bytes to send.
  ///
  /// `serverName` is a host name or an address; unless the context trusts everybody, the server's
  /// certificate must carry it.
  public init(
    connecting context: TLSContext, to serverName: String, resuming earlier: TLSSession? = nil
  ) throws(TLSError) {
    precondition(!context.isServer, "a server context cannot connect")
    self.context = context
    var session = try OpenSSLSession(context)
    try session.setServerName(serverName, verified: context.verifiesNames)
    if let earlier { try session.resume(earlier) }
    self.session = consume session
  }

  public var isEstablished: Bool { stage == .established }

  /// Bytes of memory for input whose end has not come: a handshake, or the beginning of a record.
  public var inputMemory: Int {
    switch records {
    case .some(let records): return records.partialCapacity
    case .none: break
    }
    switch session {
    case .some(let session): return handshakeBytes + session.recordMemory
    case .none: return handshakeBytes
    }
  }

  /// Appends a client's first bytes.
  public mutating func start(reply: inout ByteBuffer) throws(TLSError) {
    let nothing = ByteBuffer()
    var plaintext = ByteBuffer()
    _ = try open(nothing.bytes, plaintext: &plaintext, reply: &reply)
  }

  /// Takes received bytes, all of them: appends what they decrypt to, and what must be sent back.
  ///
  /// When it throws, the reply holds the alert that tells the peer why: send it, then close.
  public mutating func open(
    _ ciphertext: Span<UInt8>, plaintext: inout ByteBuffer, reply: inout ByteBuffer
  ) throws(TLSError) -> TLSProgress {
    if stage == .ended { throw TLSError(.closed, "bytes after the end") }
    if stage == .fresh { try begin(ciphertext) }
    do {
      return try unsafe ciphertext.withUnsafeBytes { bytes throws(TLSError) in
        try unsafe take(bytes, &plaintext, &reply)
      }
    } catch {
      stage = .ended
      throw error
    }
  }

  private mutating func take(
    _ bytes: UnsafeRawBufferPointer, _ plaintext: inout ByteBuffer, _ reply: inout ByteBuffer
  ) throws(TLSError) -> TLSProgress {
    var rest = unsafe bytes
    if stage == .handshaking {
      handshakeBytes += bytes.count
      guard let used = try unsafe session?.shakeHands(bytes, &reply) ?? nil else {
        return .handshaking
      }
      unsafe rest = UnsafeRawBufferPointer(rebasing: bytes[used...])
      establish()
    }
    if let progress = try unsafe records?.open(rest, &plaintext, &reply) { return progress }
    return try unsafe session?.open(rest, &plaintext, &reply) ?? .closed
  }

  private mutating func establish() {
    stage = .established
    handshakeBytes = 0
    facts = session?.facts()
    records = session?.makeRecordLayer(context) ?? nil
    if records != nil { session = nil }
  }

  /// Appends `plaintext` as records of at most 16 KiB.
  public mutating func seal(
    _ plaintext: Span<UInt8>, into output: inout ByteBuffer
  ) throws(TLSError) {
    guard stage == .established, !hasSentClose else { throw notReady() }
    if plaintext.isEmpty { return }
    try unsafe plaintext.withUnsafeBytes { bytes throws(TLSError) in
      try unsafe records?.seal(bytes, &output)
      try unsafe session?.seal(bytes, &output)
    }
  }

  /// Appends the goodbye after which nothing more can be sealed. Says nothing the second time,
  /// and nothing on a connection that never came about or has failed.
  public mutating func closeNotify(into output: inout ByteBuffer) {
    guard stage == .established, !hasSentClose else { return }
    hasSentClose = true
    records?.closeNotify(&output)
    session?.closeNotify(&output)
  }

  /// Appends a notice that what follows comes under a new key, for connections that live long;
  /// may ask the peer to do the same. TLS 1.3 only; TLS 1.2 keeps its key and nothing is appended.
  public mutating func updateKey(
    askingPeer: Bool, into output: inout ByteBuffer
  ) throws(TLSError) {
    guard stage == .established, !hasSentClose else { throw notReady() }
    records?.sealKeyUpdate(askingPeer: askingPeer, &output)
    try session?.updateKey(askingPeer: askingPeer, &output)
  }

  /// The session that a later connection may resume, once the server has sent it. For clients whose context
  /// collects sessions.
  public func resumableSession() -> TLSSession? { session?.resumableSession() ?? nil }

  /// Whether Muster's own records carry the data, and not OpenSSL's.
  public var ownsRecords: Bool { records != nil }

  /// Where the key lies that everything is sealed with, if Muster's own records carry the data.
  public var sealingKey: Landmark? {
    switch records {
    case .some(let records): records.outgoing.landmark
    case .none: nil
    }
  }

  /// RFC 8446, 5.1: a connection starts with a handshake record (22). A letter is plain HTTP.
  private mutating func begin(_ first: Span<UInt8>) throws(TLSError) {
    guard context.isServer, !first.isEmpty else {
      if !context.isServer { stage = .handshaking }
      return
    }
    if UInt8(ascii: "A")...UInt8(ascii: "Z") ~= first[0] {
      stage = .ended
      throw TLSError(.plainHTTP, "plain HTTP on a TLS port")
    }
    stage = .handshaking
  }

  private func notReady() -> TLSError {
    stage == .established || stage == .ended
      ? TLSError(.closed, "nothing can be sent after the end")
      : TLSError(.notEstablished, "nothing can be sent before the handshake is done")
  }
}
