public import Loop

/// What may be chosen about a listener's or a client's TLS; the defaults are right.
public struct TLSOptions: Sendable {
  /// The newest version offered; for tests and for measuring.
  public var newestVersion = TLSFacts.Version.tls13
  public var time: any TimeSource = SystemTime()
  /// The TLS 1.3 suites in order of preference.
  var suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

  /// What a client offers to speak inside.
  var protocols = ["http/1.1"]

  public init() {}
}

/// Whose certificates a client accepts.
public enum TLSTrust: Sendable, Hashable {
  /// The authorities that the machine trusts.
  case system
  /// The authorities (or the self-made certificate) in a PEM file.
  case file(String)
  /// Exactly one certificate, whatever its name and date: the SHA-256 of its DER form.
  case pinned([UInt8])
  /// Everybody: for measurements on the own machine.
  case anyone
}
