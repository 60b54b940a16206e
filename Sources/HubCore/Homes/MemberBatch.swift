/// Comings and goings since the store was last told, the newest of each user in a topic.
///
/// One write is under way at a time, so that the store hears of each user in the right order.
struct MemberBatch {
  private(set) var changes: [MemberLog.Place: MemberLog.Change] = [:]
  private var isWriting = false

  var isIdle: Bool { changes.isEmpty && !isWriting }
  var isEmpty: Bool { changes.isEmpty }

  /// Larger ones would keep the store from others for too long.
  private static let mostAtOnce = 2_000
  /// While the store refuses, so many are remembered. The rest is out of date after a restart,
  /// for a minute.
  private static let mostWaiting = 100_000

  mutating func note(_ change: MemberLog.Change, at place: MemberLog.Place) {
    changes[place] = change
  }

  /// The changes to write now; nil if there are none, or a write is under way.
  mutating func take() -> [MemberLog.Place: MemberLog.Change]? {
    guard !isWriting, !changes.isEmpty else { return nil }
    isWriting = true
    guard changes.count > Self.mostAtOnce else {
      defer { changes = [:] }
      return changes
    }
    var part: [MemberLog.Place: MemberLog.Change] = [:]
    for (place, change) in changes.prefix(MemberBatch.mostAtOnce) { part[place] = change }
    for place in part.keys { changes[place] = nil }
    return part
  }

  mutating func written() { isWriting = false }

  /// The store refused: `part` is written again, but for what has changed since.
  mutating func refused(_ part: [MemberLog.Place: MemberLog.Change]) {
    isWriting = false
    guard changes.count + part.count <= Self.mostWaiting else { return }
    changes.merge(part) { newer, _ in newer }
  }
}
