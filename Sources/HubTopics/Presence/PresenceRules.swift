package import HubProtocol
internal import PluginKit

/// The bounds of presence, in milliseconds and members.
package struct PresenceRules: Equatable, Sendable {
  /// A reload is back within this.
  package var leaveGrace: Int64 = 5_000
  /// From the last byte to the end.
  package var timeout: Int64 = 60_000
  /// A drained connection is back within this.
  package var resumeGrace: Int64 = 60_000
  /// Diffs are collected this long in topics of up to `smallMembers`, longer in larger ones.
  package var smallWindow: Int64 = 250
  package var largeWindow: Int64 = 1_000
  package var smallMembers = 200
  /// Above this only counts are pushed.
  package var listedMembers = 1_000

  package init(
    leaveGrace: Int64 = 5_000, timeout: Int64 = 60_000, resumeGrace: Int64 = 60_000,
    smallWindow: Int64 = 250, largeWindow: Int64 = 1_000, smallMembers: Int = 200,
    listedMembers: Int = 1_000
  ) {
    self.leaveGrace = leaveGrace
    self.timeout = timeout
    self.resumeGrace = resumeGrace
    self.smallWindow = smallWindow
    self.largeWindow = largeWindow
    self.smallMembers = smallMembers
    self.listedMembers = listedMembers
  }

  package func window(members: Int) -> Int64 { members <= smallMembers ? smallWindow : largeWindow }

  /// The link that remains of a connection that ended so, and until when.
  package func rest(after loss: PresenceTable.Loss, at now: Int64) -> (
    (state: PresenceEntry.Link.State, until: Int64)?, LeaveReason
  ) {
    switch loss {
    case .bye: return (nil, .bye)
    case .ended: return (nil, .closed)
    case .goingAway:
      let until = now + leaveGrace
      return ((.lost(until: until, .closed), until), .closed)
    case .broken(let lastByte):
      let until = lastByte + timeout
      guard until > now else { return (nil, .timeout) }
      return ((.lost(until: until, .timeout), until), .timeout)
    case .drained:
      let until = now + resumeGrace
      return ((.drained(until: until), until), .timeout)
    }
  }
}
