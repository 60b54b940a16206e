internal import Crypto

/// The secret of an item's QR code, which changes every 25 seconds.
///
/// The key before the current one stays good until its own grace ends: a scan may arrive just
/// after a rotation. Moments are Unix milliseconds.
struct ClockinKeys: Sendable, Equatable {
  static let periodMilliseconds: Int64 = 25_000
  /// The time that a code may take from the screen through a phone to the server.
  static let graceMilliseconds: Int64 = 2000
  /// A rotation that is this late still counts from the moment at which it was due, so that the
  /// rhythm of the screens does not drift.
  private static let latenessMilliseconds: Int64 = 1000

  struct Key: Sendable, Equatable {
    let text: String
    let createdAt: Int64

    var expiresAt: Int64 { createdAt + ClockinKeys.periodMilliseconds }
  }

  enum Verdict: Sendable, Equatable {
    case good
    /// The key is the item's current one, but nobody has watched the item for too long.
    case expired
    case wrong
  }

  var current: Key?
  var previous: Key?

  /// An unguessable key.
  static func makeKey() -> String { Random.uuid() }

  /// Whether the code has to change; also after the clock was set back.
  func isDue(at now: Int64) -> Bool {
    guard let current else { return true }
    let age = now - current.createdAt
    return age >= ClockinKeys.periodMilliseconds || age < -ClockinKeys.graceMilliseconds
  }

  func rotated(to text: String, at now: Int64) -> ClockinKeys {
    var createdAt = now
    if let due = current?.expiresAt, (0...ClockinKeys.latenessMilliseconds).contains(now - due) {
      createdAt = due
    }
    return ClockinKeys(current: Key(text: text, createdAt: createdAt), previous: current)
  }

  /// Judges a key by the moment at which its scan arrived.
  func judge(_ given: String, arrivedAt: Int64) -> Verdict {
    let isCurrent = ClockinKeys.isSame(given, current)
    let isPrevious = ClockinKeys.isSame(given, previous)
    if isCurrent { return ClockinKeys.isFresh(current, arrivedAt) ? .good : .expired }
    return isPrevious && ClockinKeys.isFresh(previous, arrivedAt) ? .good : .wrong
  }

  private static func isSame(_ given: String, _ key: Key?) -> Bool {
    guard let key else { return false }
    return isEqualInConstantTime(Array(given.utf8), Array(key.text.utf8))
  }

  private static func isFresh(_ key: Key?, _ moment: Int64) -> Bool {
    guard let key else { return false }
    let age = moment - key.createdAt
    return (-graceMilliseconds...periodMilliseconds + graceMilliseconds).contains(age)
  }
}
