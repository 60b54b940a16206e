package import HubProtocol
package import PluginKit

// Subscribers and members.
extension TopicState {
  /// Lets a connection in. From now on every event reaches its worker.
  package mutating func subscribe(
    _ request: SubscribeRequest, at now: Moment, into effects: inout [TopicEffect]
  ) throws(TopicRefusal) -> SubscribeReply {
    let who = request.who
    if !who.isProgram && isFull(for: who.id) { throw .full }
    // Events that wait count as given to the newcomer, so they go out to the others now.
    sendGathered(at: now, into: &effects)
    subscribers.add(request.worker)
    if subscribers.total == 1 { tellOccupied(true, into: &effects) }
    let arrival =
      who.isProgram
      ? nil
      : presence?.join(who, request.connection, session: request.session, at: now.steady)
    let past = past(since: request.recover, at: now)
    let page = request.wantsPresence ? presence?.overview().shifted(by: now.shift) : nil
    // The topic's owner knows no members of before a restart, so a returned one is new to it.
    if arrival == .joined || arrival == .returned { effects.append(.member(.joined, who)) }
    return SubscribeReply(
      position: log.position, recovery: past.recovery, events: past.events, presence: page)
  }

  /// Whether one more user would be too many.
  package func isFull(for user: String) -> Bool {
    guard let presence, let limit = rules.maxMembers else { return false }
    return presence.count >= limit && !presence.contains(user)
  }

  /// A connection has left, or is lost.
  ///
  /// - Parameter drain: the milliseconds that a drained connection has to come back.
  package mutating func unsubscribe(
    _ request: Unsubscription, drain: Int64, at now: Moment, into effects: inout [TopicEffect]
  ) {
    uncount(request.worker, into: &effects)
    if request.loss == .drained { presence?.lengthenDrain(to: drain) }
    let leaving = presence?.lose(request.connection, request.loss, at: now.steady)
    if let leaving { tell(leaving, into: &effects) }
  }

  /// A worker has one subscriber less.
  package mutating func uncount(_ worker: Int, into effects: inout [TopicEffect]) {
    subscribers.remove(worker)
    if subscribers.total == 0 { tellOccupied(false, into: &effects) }
  }

  /// A member has not been heard since `lastByte`, or is heard again where that is nil.
  package mutating func setSilence(
    _ connection: ConnectionID, since lastByte: Int64?, at now: Moment
  ) {
    if let lastByte {
      presence?.silent(connection, lastByte: lastByte, at: now.steady)
    } else {
      presence?.heard(connection, at: now.steady)
    }
  }

  /// Removes a user with all connections. True if it was a member.
  package mutating func remove(
    _ user: String, at now: Moment, into effects: inout [TopicEffect]
  ) -> Bool {
    let isMember = presence?.contains(user) ?? false
    let connections = presence?.connections(of: user)
    if let leaving = presence?.remove(user, .removed, at: now.steady) {
      tell(leaving, into: &effects)
    }
    effects.append(.remove(user: user, connections))
    return isMember
  }

  /// A member of before the restart has until `deadline`, a steady time, to come back.
  package mutating func expect(
    _ who: Identity, since wall: Int64, until deadline: Int64, at now: Moment,
    into effects: inout [TopicEffect]
  ) {
    presence?.expect(who, since: wall - now.shift, until: deadline, at: now.steady)
    effects.append(.expected(who))
  }

  /// All members where that is not too much, else the page that was asked for. Nil where nobody is
  /// shown.
  package mutating func presencePage(
    _ wish: ClientCommand.PresenceRequest, at now: Moment
  ) -> PresencePage? {
    if wish.after == nil && wish.limit == nil {
      return presence?.overview().shifted(by: now.shift)
    }
    return presence?.page(after: wish.after, limit: min(wish.limit ?? 200, 1000))
      .shifted(by: now.shift)
  }

  /// The moment of `presence.nextDeadline` has come.
  package mutating func presenceDue(at now: Moment, into effects: inout [TopicEffect]) {
    for leaving in presence?.expire(at: now.steady) ?? [] { tell(leaving, into: &effects) }
    if let diff = presence?.takeDiff(at: now.steady) {
      effects.append(.presence(diff.shifted(by: now.shift)))
    }
  }

  private func tell(_ leaving: Leaving, into effects: inout [TopicEffect]) {
    effects.append(.member(.left(leaving.reason), leaving.who))
  }

  private func tellOccupied(_ isOccupied: Bool, into effects: inout [TopicEffect]) {
    if presence == nil { effects.append(.occupied(isOccupied)) }
  }
}
