internal import PluginKit

/// The bounds of presence, in milliseconds and members.
struct PresenceRules: Equatable, Sendable {
  /// A reload is back within this.
  var reloadGrace: Int64 = 5_000
  /// From the last byte to the end.
  var timeout: Int64 = 60_000
  /// A drained connection is back within this.
  var drainGrace: Int64 = 60_000
  /// Diffs are collected this long in topics of up to `smallMembers`, longer in larger ones.
  var smallWindow: Int64 = 250
  var largeWindow: Int64 = 1_000
  var smallMembers = 200
  /// Above this only counts are pushed.
  var listedMembers = 1_000

  func window(members: Int) -> Int64 { members <= smallMembers ? smallWindow : largeWindow }

  /// The link that remains of a connection that ended so, and until when.
  func rest(after loss: PresenceTable.Loss, at now: Int64) -> (
    (state: PresenceEntry.Link.State, until: Int64)?, LeaveReason
  ) {
    switch loss {
    case .bye: return (nil, .bye)
    case .ended: return (nil, .closed)
    case .goingAway:
      let until = now + reloadGrace
      return ((.lost(until: until, .closed), until), .closed)
    case .broken(let lastByte):
      let until = lastByte + timeout
      guard until > now else { return (nil, .timeout) }
      return ((.lost(until: until, .timeout), until), .timeout)
    case .drained:
      let until = now + drainGrace
      return ((.drained(until: until), until), .timeout)
    }
  }
}
