internal import Limits

public enum WebhookEvent: String, ConfigurableChoice {
  case userOnline = "user.online"
  case userOffline = "user.offline"
  case topicOccupied = "topic.occupied"
  case topicVacated = "topic.vacated"
  case screenStale = "screen.stale"
  case screenCurrent = "screen.current"
}

extension Keys {
  private static let heartbeat = HeartbeatRules()

  public static let pingAfter = Key(
    "heartbeat.ping", Duration.seconds(heartbeat.pingSeconds),
    "A connection that was silent for so long is pinged (10 % more or less, so that not all are at once).",
    check: atLeast(.seconds(1)))
  public static let silenceLimit = Key(
    "heartbeat.timeout", Duration.seconds(heartbeat.timeoutSeconds),
    "A connection that was silent for so long is closed and its presence ends.",
    check: atLeast(.seconds(2)))
  public static let unstableAfter = Key(
    "heartbeat.unstable", Duration.seconds(heartbeat.unstableSeconds),
    "Somebody who was silent for so long is shown as unstable.")
  public static let leaveGrace = Key(
    "heartbeat.leave_grace", Duration.seconds(heartbeat.leaveGraceSeconds),
    "A closed or reloaded page has so long to come back before others see it leave.")
  public static let resumeWindow = Key(
    "heartbeat.resume", Duration.seconds(heartbeat.resumeSeconds),
    """
    After a restart of the server users have so long to come back before others see them leave; \
    longer where so many were here that they spread their return over more than half of it.
    """)
  public static let reconnectRate = Key(
    "heartbeat.reconnects_per_second", standard.handshakesPerSecond,
    "After a restart clients spread their return so that at most so many arrive per second.",
    isReloadable: true, check: atLeast(1))

  public static let recoverLimit = Key(
    "history.recover", standard.recovered,
    "A client that comes back is sent at most so many missed events; if it missed more it is told so.",
    check: atLeast(0))
  public static let historyPage = Key(
    "history.page", standard.historyPage, "Events in one answer to a question for history.",
    isReloadable: true,
    check: atLeast(1))

  public static let compression = Key(
    "compression.enabled", standard.offersCompression,
    "Offer permessage-deflate to those who ask for it.",
    isReloadable: true)
  public static let compressionMinimum = Key(
    "compression.minimum", ByteCount(standard.compressionMinimum),
    "Shorter messages go out as they are.",
    isReloadable: true, check: atLeast(0))

  public static let webhookURL = Key(
    "webhooks.url", "",
    "Who is told by POST who comes and goes: https://HOST/PATH. Empty tells nobody.",
    check: { $0.isEmpty || isPrivateURL($0) ? nil : "wants https://HOST/PATH" })
  public static let webhookSecret = Key(
    "webhooks.secret", Secret.none,
    "Signs what is sent there, or file:/path of a file with it. Needed with an address.")
  public static let webhookEvents = Key(
    "webhooks.events", WebhookEvent.allCases, "Which events are told. A list.")

  /// Whether nobody on the way can read what is sent there: HTTPS, or this very machine.
  private static func isPrivateURL(_ url: String) -> Bool {
    if url.hasPrefix("https://") { return true }
    guard url.hasPrefix("http://") else { return false }
    let authority = url.dropFirst(7).prefix { !"/?#".contains($0) }
    let hosts = ["localhost", "127.0.0.1", "[::1]"]
    return hosts.contains { host in
      guard authority.hasPrefix(host) else { return false }
      let rest = authority.dropFirst(host.count)
      return rest.isEmpty || rest.first == ":" && UInt16(rest.dropFirst()) != nil
    }
  }

  static func atLeast(_ least: Int) -> @Sendable (Int) -> String? {
    // More is a slip of the finger, and products with it could overflow.
    { (least...1_000_000_000).contains($0) ? nil : "is \(least) to 1000000000" }
  }

  static func atLeast(_ least: Int) -> @Sendable (ByteCount) -> String? {
    { $0.bytes >= least ? nil : "is at least \(least)" }
  }

  static func atLeast(_ least: Duration) -> @Sendable (Duration) -> String? {
    { $0 >= least ? nil : "is at least \(least.yaml)" }
  }
}
