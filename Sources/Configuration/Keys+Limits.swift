extension Keys {
  private static func limit(_ name: String, _ value: Int, _ help: String) -> Key<Int> {
    Key("limits.\(name)", value, help, isReloadable: true, check: atLeast(0))
  }

  private static func limit(_ name: String, _ value: ByteCount, _ help: String) -> Key<ByteCount> {
    Key("limits.\(name)", value, help, isReloadable: true, check: atLeast(0))
  }

  private static func limit(_ name: String, _ value: Duration, _ help: String) -> Key<Duration> {
    Key("limits.\(name)", value, help, isReloadable: true)
  }

  public static let connections = limit(
    "connections", 0, "Connections altogether; more are answered 503. The limits.* take 0 for none."
  )
  public static let connectionsPerAddress = limit(
    "connections_per_address", 200,
    "Connections from one address; more are answered 429. A whole lab can sit behind one.")
  public static let connectionsPerUser = limit(
    "connections_per_user", 20, "Connections of one account.")
  public static let helloTimeout = limit(
    "hello", Duration.seconds(10), "A client has so long to say hello after connecting.")
  public static let handshakeTimeout = limit(
    "handshake", Duration.seconds(10), "A client has so long for TLS and the upgrade.")

  public static let message = limit(
    "message", ByteCount.kibibytes(64), "The longest message that a client may send.")
  public static let inflated = limit(
    "inflated", ByteCount.kibibytes(640), "The same after unpacking, counted while it is unpacked.")
  public static let echoMessage = limit(
    "echo_message", ByteCount.mebibytes(16), "The longest message on /echo.")
  public static let topicsPerConnection = limit(
    "topics_per_connection", 128, "Topics that one connection may be subscribed to.")
  public static let publishesPerSecond = limit(
    "publishes_per_second", 30, "Messages that one user may publish per second in the long run.")
  public static let publishBurst = limit(
    "publish_burst", 60, "Messages that one user may publish at once.")
  public static let framesPerSecond = limit(
    "frames_per_second", 200, "Frames of any kind from one connection per second.")

  public static let queueSoft = limit(
    "queue_soft", ByteCount.kibibytes(256),
    "Unsent bytes of one connection above which topics that allow it keep only their newest event.")
  public static let queueSoftAge = limit(
    "queue_soft_age", Duration.seconds(2), "The same by the age of the oldest unsent event.")
  public static let queueHard = limit(
    "queue_hard", ByteCount.mebibytes(1),
    "Unsent bytes above which a connection is closed; its client comes back and catches up.")
  public static let queueHardAge = limit(
    "queue_hard_age", Duration.seconds(10), "The same by the age of the oldest unsent event.")

  public static let presenceCounts = Key(
    "limits.presence_counts", 1000, "Topics with more members announce only how many they are.",
    check: atLeast(0))

  public static let requestsPerSecond = limit(
    "requests_per_second", 500, "HTTP requests from one address per second in the long run.")
  public static let requestBurst = limit(
    "request_burst", 2000, "HTTP requests from one address at once.")
  public static let requestHeader = limit(
    "request_header", ByteCount.kibibytes(32), "The head of an HTTP request.")
  public static let requestBody = limit(
    "request_body", ByteCount.mebibytes(1),
    """
    The body of a call; many take less. Calls whose description has no body take 64 KiB at most.
    """)
  public static let inputBuffers = limit(
    "input_buffers", ByteCount.mebibytes(64),
    """
    Memory for requests and messages that have not come whole, of all connections together; more \
    are answered 503 or closed.
    """)
  public static let requestTimeout = limit(
    "request", Duration.seconds(30), "A client has so long to send a request.")
  public static let waitingCalls = Key(
    "limits.waiting_calls", 1000,
    "Calls that may wait for the database at once; more are answered 503.", check: atLeast(0))
}
