internal import PluginKit

/// Facts about one user in a topic, for a page of members.
struct PresenceMember: Equatable {
  let who: Identity
  var state: PresenceState
  /// Open connections of the user in this topic.
  let connections: Int
  var since: Int64
}

/// How a user is shown. A user that is gone is not shown at all.
enum PresenceState: Hashable, Sendable {
  case online
  /// Not heard from, or between two connections; gone at `until`.
  case unstable(until: Int64)
}

/// Changes of one window, one entry per user at most.
struct PresenceDiff: Equatable {
  struct Update: Equatable {
    let id: String
    var state: PresenceState
    /// The number of the user's last change that it tells of.
    var change: UInt64 = 0
  }
  struct Join: Equatable {
    let who: Identity
    var state: PresenceState
    var change: UInt64 = 0
  }
  struct Leave: Equatable {
    let id: String
    let reason: LeaveReason
    var change: UInt64 = 0
  }

  /// One more than that of the diff before.
  let rev: UInt64
  let total: Int
  /// Too many members to tell of each: the lists are empty then.
  var countsOnly = false
  var join: [Join] = []
  var update: [Update] = []
  var leave: [Leave] = []

  /// The first change that it tells of. A reader of a page after it knows a part of this.
  var firstChange: UInt64 {
    let changes = [
      join.lazy.map(\.change).min(), update.lazy.map(\.change).min(),
      leave.lazy.map(\.change).min(),
    ]
    return changes.compactMap(\.self).min() ?? .max
  }

  /// The part of it that is new to a reader of a page at `change`.
  func news(since change: UInt64) -> PresenceDiff {
    var diff = self
    diff.join.removeAll { $0.change <= change }
    diff.update.removeAll { $0.change <= change }
    diff.leave.removeAll { $0.change <= change }
    return diff
  }
}

typealias LeaveReason = MembershipChange.LeaveReason

/// Members in the order in which they came, from some place on.
struct PresencePage: Equatable {
  let rev: UInt64
  let total: Int
  /// `nil` when there are too many to tell of them unasked.
  var members: [PresenceMember]?
  /// Where the next page begins; `nil` on the last one.
  var next: UInt64?
  /// The newest change that it shows. Changes are more than revisions, which count diffs.
  var change: UInt64 = 0
}

// Presence is reckoned by a clock that never jumps, and shown by the clock on the wall.

extension PresenceState {
  func shifted(by milliseconds: Int64) -> PresenceState {
    switch self {
    case .online: .online
    case .unstable(let until): .unstable(until: until + milliseconds)
    }
  }
}

extension PresenceDiff {
  func shifted(by milliseconds: Int64) -> PresenceDiff {
    var diff = self
    for index in join.indices {
      diff.join[index].state = join[index].state.shifted(by: milliseconds)
    }
    for index in update.indices {
      diff.update[index].state = update[index].state.shifted(by: milliseconds)
    }
    return diff
  }
}

extension PresencePage {
  func shifted(by milliseconds: Int64) -> PresencePage {
    var page = self
    page.members = members?.map { member in
      var member = member
      member.state = member.state.shifted(by: milliseconds)
      member.since += milliseconds
      return member
    }
    return page
  }
}
