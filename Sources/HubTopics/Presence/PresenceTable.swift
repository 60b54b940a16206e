package import HubProtocol
package import PluginKit
internal import Primitives

/// The users in a topic, with their connections as details below them.
///
/// A pure value: it is told what happened and when, and says when it wants to be asked again
/// (`nextDeadline`). Then `expire` gives those who are gone for good, and `takeDiff` what the
/// subscribers are to be told. Times are milliseconds of a clock that never jumps.
///
/// - first connection of a user: join; last one gone: leave; anything between: update.
/// - `bye` or close 1000: gone at once.
/// - close 1001: unstable at once, gone after 5 s, so that a reload never shows as a leave.
/// - no farewell, or a dead node: unstable at once, gone 60 s after the last byte.
/// - silence: unstable as long as it lasts; the connection is closed after 60 s of it.
/// - drained: shown as it was, gone if not back within 60 s, or longer if it was told to take
///   its time.
/// - server started anew: unstable at once, gone if not back by then.
package struct PresenceTable {
  /// How a connection ended.
  package enum Loss: Equatable, Sendable {
    /// It said `bye`, closed with 1000, or left the topic.
    case bye
    /// It closed with 1001: the tab was closed or reloaded.
    case goingAway
    /// It broke off, or the heartbeat was lost; it was heard last at `lastByte`.
    case broken(lastByte: Int64)
    /// The server closed it in order to stop, or to have it elsewhere.
    case drained
    /// The server closed it for good.
    case ended
  }

  /// The meaning of a connection to the topic.
  package enum Arrival: Equatable, Sendable {
    /// It brings a user who was not there.
    case joined
    /// It brings back a user who was there before the server was started anew.
    case returned
    /// Its user was there already.
    case present
  }

  package private(set) var rules: PresenceRules
  package private(set) var rev: UInt64 = 0
  /// How many users are there, those who may come back included.
  package private(set) var count = 0

  // Entries are numbered in the order in which they came; `order` has all numbers, ascending,
  // those of entries that are gone too until it is tidied up.
  private var entries: [UInt64: PresenceEntry] = [:]
  private var order: [UInt64] = []
  private var numbers: [String: UInt64] = [:]
  private var homes: [ConnectionID: UInt64] = [:]
  private var lastNumber: UInt64 = 0

  private var graces = DeadlineHeap()
  private var windowEnd: Int64?
  private var changed: [UInt64] = []
  private var changeCount: UInt64 = 0
  // The newest change when a page was last given.
  private var pagedAt: UInt64 = 0

  package init(rules: PresenceRules = PresenceRules()) { self.rules = rules }

  package var isEmpty: Bool { count == 0 }

  /// When to call `expire` and `takeDiff` next.
  package var nextDeadline: Int64? {
    switch (graces.earliest, windowEnd) {
    case (let grace?, let window?): min(grace, window)
    case (let grace, let window): grace ?? window
    }
  }

  package func contains(_ user: String) -> Bool {
    numbers[user].flatMap { entries[$0]?.isPresent } ?? false
  }

  /// The open connections of a user in this topic.
  package func connections(of user: String) -> [ConnectionID] {
    numbers[user].flatMap { entries[$0]?.connections } ?? []
  }
}

// Events.
extension PresenceTable {
  /// A connection of `who` came in. `session` names the tab, so that it is known again.
  package mutating func join(
    _ who: Identity, _ connection: ConnectionID, session: String?, at now: Int64
  ) -> Arrival {
    guard homes[connection] == nil else { return .present }
    let number = numbers[who.id] ?? addEntry(who, at: now)
    homes[connection] = number
    entries[number]?.who = who
    let isFirst = entries[number]?.attach(connection, session: session) ?? false
    if settle(number, at: now) == .came { return .joined }
    return isFirst ? .returned : .present
  }

  /// `who` was here, since `since`, before the server was started anew. Not heard from yet, but
  /// not gone before `until`.
  package mutating func expect(_ who: Identity, since: Int64, until: Int64, at now: Int64) {
    let number = numbers[who.id] ?? addEntry(who, at: since)
    entries[number]?.expect(until: until)
    graces.add(number, at: until)
    _ = settle(number, at: now)
  }

  /// Connections that are drained from now on have this long to come back, if it is longer than
  /// before.
  package mutating func lengthenDrain(to milliseconds: Int64) {
    rules.resumeGrace = max(rules.resumeGrace, milliseconds)
  }

  /// A connection is gone. Returns its user if nothing of it is left to come back.
  package mutating func lose(_ connection: ConnectionID, _ loss: Loss, at now: Int64) -> Leaving? {
    guard let number = homes.removeValue(forKey: connection) else { return nil }
    let (rest, reason) = rules.rest(after: loss, at: now)
    entries[number]?.detach(connection, rest: rest?.state, reason)
    if let rest { graces.add(number, at: rest.until) }
    return settle(number, at: now).leaving
  }

  /// A connection has not been heard from since `lastByte`, for longer than a ping takes.
  package mutating func silent(_ connection: ConnectionID, lastByte: Int64, at now: Int64) {
    mark(connection, .silent(until: lastByte + rules.timeout), at: now)
  }

  /// A silent connection is heard from again.
  package mutating func heard(_ connection: ConnectionID, at now: Int64) {
    mark(connection, .open, at: now)
  }

  /// All connections that `isOnNode` knows are gone with their node.
  package mutating func nodeLost(_ isOnNode: (ConnectionID) -> Bool, at now: Int64) {
    for connection in homes.keys.filter(isOnNode) {
      // With a whole minute left nobody can be gone at once.
      _ = lose(connection, .broken(lastByte: now), at: now)
    }
  }

  /// Puts a user out, with all connections, whatever they do.
  package mutating func remove(_ user: String, _ reason: LeaveReason, at now: Int64) -> Leaving? {
    guard let number = numbers[user], let entry = entries[number] else { return nil }
    for connection in entry.connections { homes[connection] = nil }
    entries[number]?.detachAll(reason)
    return settle(number, at: now).leaving
  }

  /// Those whose time to come back is over at `now`.
  package mutating func expire(at now: Int64) -> [Leaving] {
    var gone: [Leaving] = []
    while let number = graces.next(dueAt: now) {
      entries[number]?.expire(at: now)
      if let leaving = settle(number, at: now).leaving { gone.append(leaving) }
    }
    return gone
  }

  private mutating func mark(
    _ connection: ConnectionID, _ state: PresenceEntry.Link.State, at now: Int64
  ) {
    guard let number = homes[connection] else { return }
    entries[number]?.mark(connection, state)
    _ = settle(number, at: now)
  }

  private mutating func addEntry(_ who: Identity, at now: Int64) -> UInt64 {
    lastNumber += 1
    entries[lastNumber] = PresenceEntry(who, since: now)
    numbers[who.id] = lastNumber
    order.append(lastNumber)
    return lastNumber
  }

  private mutating func settle(_ number: UInt64, at now: Int64) -> PresenceEntry.Turn {
    let settled = entries[number]?.settle(change: changeCount + 1)
    guard let (turn, isChange, isNews) = settled else { return .stayed }
    if isChange { changeCount += 1 }
    switch turn {
    case .came: count += 1
    case .went: count -= 1
    case .stayed: break
    }
    if isNews {
      changed.append(number)
      if windowEnd == nil { windowEnd = now + rules.window(members: count) }
    }
    return turn
  }
}

// Updates and pages.
extension PresenceTable {
  /// The changes of the window that has ended; `nil` while none has, or if they cancelled out.
  package mutating func takeDiff(at now: Int64) -> PresenceDiff? {
    guard let end = windowEnd, end <= now else { return nil }
    var diff = PresenceDiff(rev: rev + 1, total: count)
    for number in changed {
      entries[number]?.tell(in: &diff, pagedAt: pagedAt)
      if entries[number]?.isPresent == false { forget(number) }
    }
    windowEnd = nil
    changed.removeAll(keepingCapacity: changed.count < 64)
    tidyUp()
    return numbered(diff)
  }

  private mutating func numbered(_ diff: PresenceDiff) -> PresenceDiff? {
    var diff = diff
    if count > rules.listedMembers {
      guard !diff.join.isEmpty || !diff.leave.isEmpty else { return nil }
      diff = PresenceDiff(rev: diff.rev, total: diff.total, countsOnly: true)
    } else if diff.join.isEmpty, diff.update.isEmpty, diff.leave.isEmpty {
      return nil
    }
    rev = diff.rev
    return diff
  }

  /// The page for a newcomer: all members, or only their number if there are too many.
  package mutating func overview() -> PresencePage {
    guard count <= rules.listedMembers else {
      return PresencePage(rev: rev, total: count, change: changeCount)
    }
    return page(after: nil, limit: rules.listedMembers)
  }

  /// At most `limit` members behind the page that ended at `after`, as they are now.
  package mutating func page(after: UInt64?, limit: Int) -> PresencePage {
    pagedAt = changeCount
    var page = PresencePage(rev: rev, total: count, members: [], change: changeCount)
    var members: [PresenceMember] = []
    var last: UInt64 = 0
    for number in order[firstPlace(after: after ?? 0)...] {
      guard let entry = entries[number], let state = entry.state else { continue }
      if members.count == max(limit, 1) {
        page.next = last
        break
      }
      members.append(
        PresenceMember(
          who: entry.who, state: state, connections: entry.openLinks, since: entry.since))
      last = number
    }
    page.members = members
    return page
  }

  private func firstPlace(after number: UInt64) -> Int {
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      if order[middle] <= number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func forget(_ number: UInt64) {
    guard let entry = entries.removeValue(forKey: number) else { return }
    numbers[entry.who.id] = nil
  }

  private mutating func tidyUp() {
    guard order.count > 2 * entries.count + 16 else { return }
    order.removeAll { entries[$0] == nil }
  }
}

/// A user whose last connection has gone for good.
package struct Leaving: Equatable {
  package let who: Identity
  package let reason: LeaveReason
}
