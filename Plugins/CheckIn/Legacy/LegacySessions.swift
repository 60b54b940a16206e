internal import PluginKit
internal import Primitives

/// Which student number the cookie `JSESSIONID` stands for, as the last check-in said.
///
/// Kept in memory like the original's, in two generations: when the younger is full the older is
/// forgotten, and whoever was seen meanwhile has moved to the younger. So a flood of clients
/// without cookies costs bounded memory and does not push out those who come back. A day after the
/// last check-in a session is over.
final class LegacySessions: Sendable {
  static let cookie = "JSESSIONID"

  private struct Session {
    let number: String
    let endsAt: Int64
  }

  private struct Generations {
    var young: [String: Session] = [:]
    var old: [String: Session] = [:]
  }

  /// In milliseconds.
  private static let life: Int64 = 86_400_000

  private let generations = Locked(Generations())
  private let capacity: Int

  init(capacity: Int = 20_000) { self.capacity = capacity }

  /// Remembers `number`. Returns a new session's name if the client brought none that is known.
  func remember(_ number: String, session: String?, at now: Int64) -> String? {
    let isKnown = session.map { self.number(of: $0, at: now) != nil } ?? false
    let fresh = isKnown ? nil : LegacySessions.makeName()
    guard let name = fresh ?? session else { return nil }
    let kept = Session(number: number, endsAt: now + LegacySessions.life)
    generations.withLock { keep(kept, as: name, in: &$0) }
    return fresh
  }

  func number(of session: String, at now: Int64) -> String? {
    let known: Session? = generations.withLock { generations in
      if let known = generations.young[session] { return known }
      guard let known = generations.old[session] else { return nil }
      keep(known, as: session, in: &generations)
      return known
    }
    return known.flatMap { $0.endsAt > now ? $0.number : nil }
  }

  private func keep(_ session: Session, as name: String, in generations: inout Generations) {
    if generations.young.count >= capacity {
      generations.old = generations.young
      generations.young = [:]
    }
    generations.young[name] = session
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
