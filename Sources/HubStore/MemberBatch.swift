/// Comings and goings since the store was last told, the newest of each user in a topic.
///
/// One write is under way at a time, so that the store hears of each user in the right order.
package struct MemberBatch {
  package private(set) var changes: [MemberStore.Place: MemberStore.Change] = [:]
  private var isWriting = false

  package init() {}

  package var isIdle: Bool { changes.isEmpty && !isWriting }
  package var isEmpty: Bool { changes.isEmpty }

  /// Larger ones would keep the store from others for too long.
  private static let mostAtOnce = 2_000
  /// While the store refuses, so many are remembered. The rest is out of date after a restart,
  /// for a minute.
  private static let mostWaiting = 100_000

  package mutating func note(_ change: MemberStore.Change, at place: MemberStore.Place) {
    changes[place] = change
  }

  /// The changes to write now; nil if there are none, or a write is under way.
  package mutating func take() -> [MemberStore.Place: MemberStore.Change]? {
    guard !isWriting, !changes.isEmpty else { return nil }
    isWriting = true
    guard changes.count > Self.mostAtOnce else {
      defer { changes = [:] }
      return changes
    }
    var part: [MemberStore.Place: MemberStore.Change] = [:]
    for (place, change) in changes.prefix(MemberBatch.mostAtOnce) { part[place] = change }
    for place in part.keys { changes[place] = nil }
    return part
  }

  package mutating func written() { isWriting = false }

  /// The store refused: `part` is written again, but for what has changed since.
  package mutating func refused(_ part: [MemberStore.Place: MemberStore.Change]) {
    isWriting = false
    guard changes.count + part.count <= Self.mostWaiting else { return }
    changes.merge(part) { newer, _ in newer }
  }
}
