internal import PluginKit
internal import Primitives
internal import Storage

/// The student number behind each cookie `JSESSIONID`, set by the last check-in.
///
/// Sessions are rows, so that a check-in on one server opens the chat of another one. A day after
/// the last check-in a session is over. A flood of clients without cookies costs a bounded number of
/// rows: the sessions longest unused go first, so clients that come back keep theirs.
struct LegacySessions: Sendable {
  static let cookie = "JSESSIONID"
  private static let lifeMilliseconds: Int64 = 86_400_000
  /// The time of the last use is exact to this; each update is a write.
  private static let seenMilliseconds: Int64 = 60_000

  private let database: any Store
  private let capacity: Int
  /// Sessions are counted after so many new ones.
  private let trimInterval: Int
  private let added = Locked(0)

  init(_ database: any Store, capacity: Int = 40_000, trimInterval: Int = 1000) {
    self.database = database
    self.capacity = capacity
    self.trimInterval = trimInterval
  }

  /// Remembers `number`. Returns the name of a new session if the client brought none that is known.
  func remember(_ number: String, session: String?, at now: Int64) async throws -> String? {
    let end = now + LegacySessions.lifeMilliseconds
    if let session, try await update(session, number, until: end, at: now) { return nil }
    let fresh = LegacySessions.makeName()
    try await database.execute(
      "INSERT INTO checkin_sessions (name, studentid, ends_at, seen_at) VALUES (?, ?, ?, ?)",
      fresh, number, end, now)
    try await trimNowAndThen()
    return fresh
  }

  /// False if the session is unknown or over.
  private func update(
    _ session: String, _ number: String, until end: Int64, at now: Int64
  ) async throws -> Bool {
    guard LegacySessions.isPlausible(session) else { return false }
    return try await database.execute(
      """
      UPDATE checkin_sessions SET studentid = ?, ends_at = ?, seen_at = ?
      WHERE name = ? AND ends_at > ?
      """, number, end, now, session, now) == 1
  }

  func number(of session: String, at now: Int64) async throws -> String? {
    guard LegacySessions.isPlausible(session) else { return nil }
    let row = try await database.first(
      "SELECT studentid, seen_at FROM checkin_sessions WHERE name = ? AND ends_at > ?", session, now
    )
    guard let row else { return nil }
    if try row.unixMilliseconds("seen_at") + LegacySessions.seenMilliseconds <= now {
      try await database.execute(
        "UPDATE checkin_sessions SET seen_at = ? WHERE name = ?", now, session)
    }
    return try row.text("studentid")
  }

  /// Deletes sessions that are over.
  func tidy(at now: Int64) async throws {
    try await database.execute("DELETE FROM checkin_sessions WHERE ends_at <= ?", now)
  }

  private func trimNowAndThen() async throws {
    let isDue = added.withLock { added in
      added = (added + 1) % trimInterval
      return added == 0
    }
    guard isDue else { return }
    try await database.execute(
      """
      DELETE FROM checkin_sessions WHERE name IN (
        SELECT name FROM checkin_sessions ORDER BY seen_at DESC, ends_at DESC, name
        LIMIT 1000000000 OFFSET ?)
      """, capacity)
  }

  /// Whether the client's text can be the name of a session.
  private static func isPlausible(_ name: String) -> Bool {
    name.utf8.count == 32
      && name.utf8.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
      }
  }

  /// 128 bits that cannot be guessed, in the form such names have.
  private static func makeName() -> String {
    var random = SystemRandomNumberGenerator()
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for _ in 0..<2 {
      let bits = random.next()
      for shift in stride(from: 60, through: 0, by: -4) {
        text.append(digits[Int(bits >> UInt64(shift) & 15)])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
