public import Loop

/// Options of a listener's or a client's TLS; the defaults suit most uses.
public struct TLSOptions: Sendable {
  /// The oldest version accepted.
  public var oldestVersion = TLSFacts.Version.tls12
  /// The newest version offered; for tests and for measuring.
  public var newestVersion = TLSFacts.Version.tls13
  /// Whether Muster's own records carry the data of TLS 1.3 once OpenSSL has shaken hands: a tenth
  /// of the memory and less time per message. Unusual connections stay with OpenSSL either way.
  public var ownsRecords = true
  /// For clients: whether to keep what a later connection may resume. Only OpenSSL can read the
  /// server's tickets, so such a connection stays with it.
  public var collectsSessions = false
  public var time: any TimeSource = SystemTime()
  /// The TLS 1.3 suites in order of preference.
  var suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

  /// After how many records the sending key changes; nil for what the suite can bear.
  var recordLimit: UInt64?
  /// Whether AES may be left to the faster of the two libraries, where the processor has it.
  var hasFastCiphers = true
  /// The application protocols that a client offers.
  var protocols = ["http/1.1"]

  public init() {}
}

/// The certificates that a client accepts.
public enum TLSTrust: Sendable, Hashable {
  /// The authorities that the machine trusts.
  case system
  /// The authorities (or the self-made certificate) in a PEM file.
  case file(String)
  /// Exactly one certificate, whatever its name and date: the SHA-256 of its DER form.
  case pinned([UInt8])
  /// All of them: for measurements on the own machine.
  case anyone
}
