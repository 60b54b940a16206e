package import Limits

/// Whether one connection is alive, judged by how long nothing has come from it.
///
/// Its owner looks at it when the time that `nextLook` gives is over, and says when something was
/// heard. Bytes that come while all is well set no timer anew: the next look finds out by itself.
/// All times are milliseconds of silence.
package struct Heartbeat {
  /// When something happens in a silence.
  package struct Marks: Equatable {
    package let ping: Int64
    package let unstable: Int64
    package let timeout: Int64

    /// `seed` moves the ping up to a tenth earlier or later, so that the pings of connections that
    /// came at the same moment spread out.
    package init(_ rules: HeartbeatRules, seed: UInt64) {
      let base = Int64(rules.pingSeconds) * 1000
      let scattered = Int64((seed &* 0x9E37_79B9_7F4A_7C15) >> 54)
      ping = base * 9 / 10 + base / 5 * scattered / 1024
      unstable = Int64(rules.unstableSeconds) * 1000
      timeout = Int64(rules.timeoutSeconds) * 1000
    }
  }

  /// Things for the owner to do after a look.
  package struct Actions: OptionSet {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let ping = Actions(rawValue: 1)
    /// Tell the others that this member is not heard from.
    package static let showUnstable = Actions(rawValue: 2)
    /// Close with 4102; nothing else is to be done then.
    package static let giveUp = Actions(rawValue: 4)
  }

  private var isProbed = false
  private var isUnstable = false

  package init() {}

  package mutating func look(silence: Int64, _ marks: Marks) -> Actions {
    if silence >= marks.timeout { return .giveUp }
    var actions: Actions = []
    if silence >= marks.ping, !isProbed {
      isProbed = true
      actions.insert(.ping)
    }
    if silence >= marks.unstable, !isUnstable {
      isUnstable = true
      actions.insert(.showUnstable)
    }
    return actions
  }

  /// Something came. `true` if the member was shown as unstable: tell the others that it is well,
  /// and set the timer anew, for it stands at the end of the silence that is over.
  package mutating func heard() -> Bool {
    isProbed = false
    defer { isUnstable = false }
    return isUnstable
  }

  /// How long to wait until the next look.
  package func nextLook(silence: Int64, _ marks: Marks) -> Int64 {
    var next = marks.timeout
    if marks.unstable > silence { next = min(next, marks.unstable) }
    if marks.ping > silence { next = min(next, marks.ping) }
    return max(1, next - silence)
  }
}
