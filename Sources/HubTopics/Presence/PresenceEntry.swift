package import HubProtocol
package import PluginKit

/// One user in a topic: the connections below it, and what the others have been told of it.
package struct PresenceEntry {
  /// One tab of the user: an open connection, or the time in which it may come back.
  package struct Link {
    package enum State: Equatable {
      case open
      /// Open, but not heard from for longer than the heartbeat allows.
      case silent(until: Int64)
      /// Closed without a farewell, or with one that a reload gives, too.
      case lost(until: Int64, LeaveReason)
      /// Closed by us in order to have it on another node; nobody sees that.
      case drained(until: Int64)
      /// Was here before the server was started, in whatever tab, and may be on the way.
      case expected(until: Int64)
    }

    package var connection: ConnectionID?
    /// Names the tab across its connections, if the client knows how to.
    package let session: String?
    package var state: State
  }

  package var who: Identity
  package let since: Int64
  private var links: [Link] = []
  /// Why the user left, once the last link is gone.
  private var reason = LeaveReason.bye

  // The state that subscribers were told last, and the changes since.
  private var told: PresenceState?
  private var settled: PresenceState?
  private var firstChange: UInt64?
  private var lastChange: UInt64 = 0
  private var wasGone = false
  package private(set) var isPresent = false
  /// Has any connection of the user been here since the server was started?
  private var hasCome = false

  package init(_ who: Identity, since: Int64) {
    self.who = who
    self.since = since
  }

  package var connections: [ConnectionID] { links.compactMap(\.connection) }

  package var openLinks: Int { links.count { $0.connection != nil } }

  /// `nil` once nothing is left that could come back.
  package var state: PresenceState? {
    var latest: Int64?
    for link in links {
      switch link.state {
      case .open, .drained: return .online
      case .silent(let until), .lost(let until, _), .expected(let until):
        latest = max(latest ?? until, until)
      }
    }
    return latest.map { .unstable(until: $0) }
  }
}

// Events of links.
extension PresenceEntry {
  /// Adds a connection. It takes the place of a closed one of the same tab.
  ///
  /// An open one of the same session is left alone: browsers copy the session when a tab is
  /// duplicated, and both tabs are there then.
  /// - Returns: whether it is the user's first since the server was started.
  package mutating func attach(_ connection: ConnectionID, session: String?) -> Bool {
    let fresh = Link(connection: connection, session: session, state: .open)
    if let place = place(waitingFor: session) { links[place] = fresh } else { links.append(fresh) }
    defer { hasCome = true }
    return !hasCome
  }

  /// No update tells of it: each subscriber after the start is shown it anyway.
  package mutating func expect(until: Int64) {
    links.append(Link(connection: nil, session: nil, state: .expected(until: until)))
    told = state
  }

  private func place(waitingFor session: String?) -> Int? {
    links.firstIndex { $0.connection == nil && $0.session == session }
      ?? links.firstIndex { if case .expected = $0.state { true } else { false } }
  }

  package mutating func mark(_ connection: ConnectionID, _ state: Link.State) {
    guard let place = links.firstIndex(where: { $0.connection == connection }) else { return }
    links[place].state = state
  }

  /// Ends a connection; with a `rest` its tab may come back for a while. Without one the tab is
  /// gone, and nobody need wait for what its earlier connections left.
  package mutating func detach(_ connection: ConnectionID, rest: Link.State?, _ reason: LeaveReason)
  {
    guard let place = links.firstIndex(where: { $0.connection == connection }) else { return }
    self.reason = reason
    if let rest {
      links[place].connection = nil
      links[place].state = rest
      return
    }
    let session = links.remove(at: place).session
    guard let session else { return }
    links.removeAll { $0.session == session && $0.connection == nil }
  }

  package mutating func detachAll(_ reason: LeaveReason) {
    self.reason = reason
    links.removeAll()
  }

  /// Forgets the links whose time to come back is over.
  package mutating func expire(at now: Int64) {
    for link in links {
      if case .lost(let until, let reason) = link.state, until <= now { self.reason = reason }
      if case .drained(let until) = link.state, until <= now { reason = .timeout }
      if case .expected(let until) = link.state, until <= now { reason = .timeout }
    }
    links.removeAll { link in
      switch link.state {
      case .lost(let until, _), .drained(let until), .expected(let until): until <= now
      case .open, .silent: false
      }
    }
  }
}

// Updates for the others.
extension PresenceEntry {
  package enum Turn: Equatable {
    case came
    case went(Leaving)
    case stayed

    package var leaving: Leaving? {
      if case .went(let leaving) = self { leaving } else { nil }
    }
  }

  /// Notes what the links have become, as the change of that number. `isNews` says that there is
  /// something to tell which was not there before.
  package mutating func settle(change: UInt64) -> (turn: Turn, isChange: Bool, isNews: Bool) {
    let state = state
    let isChange = state != settled
    if isChange { lastChange = change }
    settled = state
    let turn: Turn
    switch (isPresent, state != nil) {
    case (false, true): turn = .came
    case (true, false):
      turn = .went(Leaving(who: who, reason: reason))
      wasGone = true
    case (true, true), (false, false): turn = .stayed
    }
    isPresent = state != nil
    guard firstChange == nil, state != told else { return (turn, isChange, false) }
    firstChange = change
    return (turn, isChange, true)
  }

  /// Adds to `diff` what has changed for those who know what was told before.
  ///
  /// A page that was given in the middle of the window showed more than that to somebody. If it
  /// was given at a later change than `firstChange`, the entry is told in any case: what cancels
  /// out for the others does not for the reader of that page.
  package mutating func tell(in diff: inout PresenceDiff, pagedAt: UInt64) {
    let wasSeen = firstChange.map { $0 <= pagedAt } ?? false
    switch (told, state) {
    case (nil, nil):
      if wasSeen { diff.leave.append(.init(id: who.id, reason: reason, change: lastChange)) }
    case (nil, let state?): diff.join.append(.init(who: who, state: state, change: lastChange))
    case (_?, nil): diff.leave.append(.init(id: who.id, reason: reason, change: lastChange))
    case (let before?, let state?):
      if wasSeen, wasGone {
        diff.join.append(.init(who: who, state: state, change: lastChange))
      } else if wasSeen || before != state {
        diff.update.append(.init(id: who.id, state: state, change: lastChange))
      }
    }
    told = state
    firstChange = nil
    wasGone = false
  }
}
