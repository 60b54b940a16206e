internal import Limits

extension Keys {
  static let standard = ServerLimits()

  private static func limit(
    _ name: String, _ limit: KeyPath<ServerLimits, Int>, _ help: String
  ) -> Key<Int> {
    Key(
      "limits.\(name)", standard[keyPath: limit], help, isReloadable: true, check: atLeast(0))
  }

  private static func size(
    _ name: String, _ limit: KeyPath<ServerLimits, Int>, _ help: String
  ) -> Key<ByteCount> {
    Key(
      "limits.\(name)", ByteCount(standard[keyPath: limit]), help, isReloadable: true,
      check: atLeast(0))
  }

  private static func time(
    _ name: String, seconds limit: KeyPath<ServerLimits, Int>, _ help: String
  ) -> Key<Duration> {
    Key("limits.\(name)", .seconds(standard[keyPath: limit]), help, isReloadable: true)
  }

  private static func time(
    _ name: String, milliseconds limit: KeyPath<ServerLimits, Int>, _ help: String
  ) -> Key<Duration> {
    Key("limits.\(name)", .milliseconds(standard[keyPath: limit]), help, isReloadable: true)
  }

  public static let connections = limit(
    "connections", \.connections,
    "Connections altogether; more are answered 503. The limits.* take 0 for none."
  )
  public static let connectionsPerAddress = limit(
    "connections_per_address", \.connectionsPerAddress,
    "Connections from one address; more are answered 429. A whole lab can sit behind one.")
  public static let connectionsPerUser = limit(
    "connections_per_user", \.connectionsPerUser, "Connections of one account.")
  public static let helloTimeout = time(
    "hello", seconds: \.helloSeconds, "A client has so long to say hello after connecting.")
  public static let handshakeTimeout = time(
    "handshake", seconds: \.handshakeSeconds, "A client has so long for TLS and the upgrade.")

  public static let message = size(
    "message", \.message, "The longest message that a client may send.")
  public static let inflated = size(
    "inflated", \.inflatedMessage, "The same after unpacking, counted while it is unpacked.")
  public static let echoMessage = size(
    "echo_message", \.echoMessage, "The longest message on /echo.")
  public static let topicsPerConnection = limit(
    "topics_per_connection", \.topicsPerConnection,
    "Topics that one connection may be subscribed to.")
  public static let publishesPerSecond = limit(
    "publishes_per_second", \.publishesPerSecond,
    "Messages that one user may publish per second in the long run.")
  public static let publishBurst = limit(
    "publish_burst", \.publishBurst, "Messages that one user may publish at once.")
  public static let framesPerSecond = limit(
    "frames_per_second", \.framesPerSecond, "Frames of any kind from one connection per second.")

  public static let queueSoft = size(
    "queue_soft", \.queueSoft,
    "Unsent bytes of one connection above which topics that allow it keep only their newest event.")
  public static let queueSoftAge = time(
    "queue_soft_age", milliseconds: \.queueSoftMilliseconds,
    "The same by the age of the oldest unsent event.")
  public static let queueHard = size(
    "queue_hard", \.queueHard,
    "Unsent bytes above which a connection is closed; its client comes back and catches up.")
  public static let queueHardAge = time(
    "queue_hard_age", milliseconds: \.queueHardMilliseconds,
    "The same by the age of the oldest unsent event.")

  public static let presenceCounts = Key(
    "limits.presence_counts", standard.listedMembers,
    "Topics with more members announce only how many they are.",
    check: atLeast(0))

  public static let requestsPerSecond = limit(
    "requests_per_second", \.requestsPerSecond,
    "HTTP requests from one address per second in the long run.")
  public static let requestBurst = limit(
    "request_burst", \.requestBurst, "HTTP requests from one address at once.")
  public static let requestHeader = size(
    "request_header", \.requestHeader, "The head of an HTTP request.")
  public static let requestBody = size(
    "request_body", \.requestBody,
    """
    The body of a call; many take less. Calls whose description has no body take 64 KiB at most.
    """)
  public static let inputBuffers = size(
    "input_buffers", \.inputBuffers,
    """
    Memory for requests and messages that have not come whole, of all connections together; more \
    are answered 503 or closed.
    """)
  public static let requestTimeout = time(
    "request", seconds: \.requestSeconds, "A client has so long to send a request.")
  public static let waitingCalls = Key(
    "limits.waiting_calls", standard.waitingCalls,
    "Calls that may wait for the database at once; more are answered 503.", check: atLeast(0))
}
