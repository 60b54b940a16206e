package import PluginKit

/// Facts about one user in a topic, for a page of members.
package struct PresenceMember: Equatable {
  package let who: Identity
  package var state: PresenceState
  /// Open connections of the user in this topic.
  package let connections: Int
  package var since: Int64

  package init(who: Identity, state: PresenceState, connections: Int, since: Int64) {
    self.who = who
    self.state = state
    self.connections = connections
    self.since = since
  }
}

/// How a user is shown. A user that is gone is not shown at all.
package enum PresenceState: Hashable, Sendable {
  case online
  /// Not heard from, or between two connections; gone at `until`.
  case unstable(until: Int64)
}

/// Changes of one window, one entry per user at most.
package struct PresenceDiff: Equatable {
  package struct Update: Equatable {
    package let id: String
    package var state: PresenceState
    /// The number of the user's last change that it tells of.
    package var change: UInt64 = 0

    package init(id: String, state: PresenceState, change: UInt64 = 0) {
      self.id = id
      self.state = state
      self.change = change
    }
  }
  package struct Join: Equatable {
    package let who: Identity
    package var state: PresenceState
    package var change: UInt64 = 0

    package init(who: Identity, state: PresenceState, change: UInt64 = 0) {
      self.who = who
      self.state = state
      self.change = change
    }
  }
  package struct Leave: Equatable {
    package let id: String
    package let reason: LeaveReason
    package var change: UInt64 = 0

    package init(id: String, reason: LeaveReason, change: UInt64 = 0) {
      self.id = id
      self.reason = reason
      self.change = change
    }
  }

  /// One more than that of the diff before.
  package let rev: UInt64
  package let total: Int
  /// Too many members to tell of each: the lists are empty then.
  package var countsOnly = false
  package var join: [Join] = []
  package var update: [Update] = []
  package var leave: [Leave] = []

  package init(
    rev: UInt64, total: Int, countsOnly: Bool = false, join: [Join] = [], update: [Update] = [],
    leave: [Leave] = []
  ) {
    self.rev = rev
    self.total = total
    self.countsOnly = countsOnly
    self.join = join
    self.update = update
    self.leave = leave
  }

  /// The first change that it tells of. A reader of a page after it knows a part of this.
  package var firstChange: UInt64 {
    let changes = [
      join.lazy.map(\.change).min(), update.lazy.map(\.change).min(),
      leave.lazy.map(\.change).min(),
    ]
    return changes.compactMap(\.self).min() ?? .max
  }

  /// The part of it that is new to a reader of a page at `change`.
  package func news(since change: UInt64) -> PresenceDiff {
    var diff = self
    diff.join.removeAll { $0.change <= change }
    diff.update.removeAll { $0.change <= change }
    diff.leave.removeAll { $0.change <= change }
    return diff
  }
}

package typealias LeaveReason = MembershipChange.LeaveReason

/// Members in the order in which they came, from some place on.
package struct PresencePage: Equatable {
  package let rev: UInt64
  package let total: Int
  /// `nil` when there are too many to tell of them unasked.
  package var members: [PresenceMember]?
  /// Where the next page begins; `nil` on the last one.
  package var next: UInt64?
  /// The newest change that it shows. Changes are more than revisions, which count diffs.
  package var change: UInt64 = 0

  package init(
    rev: UInt64, total: Int, members: [PresenceMember]? = nil, next: UInt64? = nil,
    change: UInt64 = 0
  ) {
    self.rev = rev
    self.total = total
    self.members = members
    self.next = next
    self.change = change
  }
}

// Presence is reckoned by a clock that never jumps, and shown by the clock on the wall.

extension PresenceState {
  package func shifted(by milliseconds: Int64) -> PresenceState {
    switch self {
    case .online: .online
    case .unstable(let until): .unstable(until: until + milliseconds)
    }
  }
}

extension PresenceDiff {
  package func shifted(by milliseconds: Int64) -> PresenceDiff {
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
  package func shifted(by milliseconds: Int64) -> PresencePage {
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
