/// When to ping, when to call the data old, and when to give a connection up. Milliseconds.
struct Pulse: Equatable, Sendable {
  enum Beat: Equatable {
    case ping
    case stale
    case lost
  }

  /// One ping, its answer, and some slack.
  static let staleAfter: Int64 = 16_000

  var ping: Int64 = 10_000
  var timeout: Int64 = 60_000
  private(set) var heardAt: Int64
  private(set) var sentAt: Int64
  private(set) var isStale = false

  init(now: Int64) {
    heardAt = now
    sentAt = now
  }

  mutating func sent(at now: Int64) { sentAt = now }

  /// True if the data were called old before.
  mutating func heard(at now: Int64) -> Bool {
    heardAt = now
    defer { isStale = false }
    return isStale
  }

  // The server pings as well, so while it is heard a ping is due only when we were silent; when it
  // is not, we ask twice as often.
  private var pingAt: Int64 { min(sentAt + ping, max(heardAt + ping, sentAt + ping / 2)) }

  var nextDeadline: Int64 {
    let stale = isStale ? Int64.max : heardAt + Pulse.staleAfter
    return min(pingAt, stale, heardAt + timeout)
  }

  /// The next due action; ask until it answers nil.
  mutating func beat(at now: Int64) -> Beat? {
    if now >= heardAt + timeout { return .lost }
    if !isStale && now >= heardAt + Pulse.staleAfter {
      isStale = true
      return .stale
    }
    guard now >= pingAt else { return nil }
    sentAt = now
    return .ping
  }
}
