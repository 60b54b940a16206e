public import TLS

/// Options of a client; the defaults suit most programs.
public struct MusterOptions: Sendable {
  /// The certificates that are accepted.
  public var trust = TLSTrust.system
  /// Names this client across reconnects; made up when nil. Two living clients must not share one.
  public var session: String?
  /// Name and version of the program, for the server's logs.
  public var client = "muster-swift/2"
  /// How many publishes wait for a connection before the next one is refused.
  public var queue = 200
  /// Further headers of the upgrade request, such as `Authorization`.
  public var headers: [(name: String, value: String)] = []
  /// Whether the server may compress what it sends.
  public var offersCompression = true

  public init(trust: TLSTrust = .system, session: String? = nil) {
    self.trust = trust
    self.session = session
  }
}

/// Asked for a token before every connection; `expired` says that the last one was refused as too
/// old. Nil means to come in as a guest.
public typealias TokenSource = @Sendable (_ expired: Bool) async throws -> String?
