internal import PluginKit
internal import Primitives

/// Which student number the cookie `JSESSIONID` stands for, as the last check-in said.
///
/// Kept in memory like the original's, in two generations: when the younger is full the older is
/// forgotten, and whoever was seen meanwhile has moved to the younger. So a flood of clients
/// without cookies costs bounded memory and does not push out those who come back.
final class LegacySessions: Sendable {
  static let cookie = "JSESSIONID"

  private struct Generations {
    var young: [String: String] = [:]
    var old: [String: String] = [:]
  }

  private let generations = Locked(Generations())
  private let capacity: Int

  init(capacity: Int = 20_000) { self.capacity = capacity }

  /// Remembers `number`. Returns a new session's name if the client brought none that is known.
  func remember(_ number: String, session: String?) -> String? {
    let fresh = session.flatMap { self.number(of: $0) } == nil ? LegacySessions.makeName() : nil
    guard let name = fresh ?? session else { return nil }
    generations.withLock { keep(number, as: name, in: &$0) }
    return fresh
  }

  func number(of session: String) -> String? {
    generations.withLock { generations in
      if let number = generations.young[session] { return number }
      guard let number = generations.old[session] else { return nil }
      keep(number, as: session, in: &generations)
      return number
    }
  }

  private func keep(_ number: String, as name: String, in generations: inout Generations) {
    if generations.young.count >= capacity {
      generations.old = generations.young
      generations.young = [:]
    }
    generations.young[name] = number
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
