/// Limits on the cost of clients, with their defaults: the configuration takes them from here. 0
/// means no limit.
public struct ServerLimits: Sendable, Hashable {
  public var connections = 0
  public var connectionsPerAddress = 200
  public var connectionsPerUser = 20
  public var handshakeSeconds = 10
  public var requestHeadSeconds = 10
  /// The slowest body: this long without the request being whole.
  public var requestSeconds = 30
  public var idleSeconds = 60
  public var closeSeconds = 5
  public var requestBody = 1 << 20
  /// Memory for input that is not whole or not answered yet, of all connections.
  public var inputBuffers = 64 << 20
  public var message = 64 << 10
  public var inflatedMessage = 640 << 10
  public var topicsPerConnection = 128
  public var publishesPerSecond = 30
  public var publishBurst = 60
  /// How many new connections one turn of a loop accepts, so that a storm of handshakes leaves
  /// room for everybody who is connected already.
  public var acceptsPerTurn = 16
  public var helloSeconds = 10
  /// Clients that come back after a restart are spread so that no more arrive per second.
  public var handshakesPerSecond = 500
  public var echoMessage = 16 << 20
  public var requestHeader = 32 << 10
  /// Frames of any kind from one connection.
  public var framesPerSecond = 200
  /// Calls of plugins' routes from one address.
  public var requestsPerSecond = 500
  public var requestBurst = 2000
  public var waitingCalls = 1000
  /// Missed events that a client is given at most.
  public var recovered = 300
  public var historyPage = 100
  /// Topics with more members push only their number.
  public var listedMembers = 1000
  public var queueSoft = 256 << 10
  public var queueSoftMilliseconds = 2_000
  public var queueHard = 1 << 20
  public var queueHardMilliseconds = 10_000
  public var offersCompression = true
  /// Shorter messages go out as they are.
  public var compressionMinimum = 512

  public init() {}
}
