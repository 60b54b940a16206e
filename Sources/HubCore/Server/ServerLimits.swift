/// What one client may cost. 0 means no limit.
public struct ServerLimits: Sendable, Hashable {
  public var connections = 50_000
  public var connectionsPerAddress = 1_000
  public var connectionsPerUser = 50
  public var handshakeSeconds = 10
  public var requestHeadSeconds = 10
  /// The slowest body: this long without the request being whole.
  public var requestSeconds = 60
  public var idleSeconds = 60
  public var closeSeconds = 5
  public var requestBody = 1 << 20
  public var message = 64 << 10
  public var inflatedMessage = 640 << 10
  public var topicsPerConnection = 128
  public var publishesPerSecond = 30
  public var publishBurst = 60
  /// How many new connections one turn of a loop accepts, so that a storm of handshakes leaves
  /// room for everybody who is connected already.
  public var acceptsPerTurn = 16
  public var helloSeconds = 10
  public var handshakesPerSecond = 500

  public init() {}
}

/// The heartbeat of protocol version 2 and of the dialects.
public struct HeartbeatRules: Sendable, Hashable {
  public var pingSeconds = 10
  /// Silent for this long, a member is shown as unstable.
  public var unstableSeconds = 15
  public var timeoutSeconds = 60

  public init() {}
}
