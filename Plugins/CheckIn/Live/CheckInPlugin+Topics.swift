internal import JSON
internal import PluginKit
internal import Primitives

// The rules of the topics.
extension CheckInPlugin {
  /// When a lecture ends, a thousand screens are sent ten frames a second instead of two thousand.
  /// A tenth of a second is not noticed.
  private static let gatherMilliseconds = 100

  func presenceRules() -> TopicRules {
    var rules = TopicRules()
    rules.allowsGuests = true
    // Enough for the list of a dashboard that is opened in the morning.
    rules.history = .stream(count: 300, seconds: 43_200, stored: false)
    rules.gatherMilliseconds = CheckInPlugin.gatherMilliseconds
    rules.authorize = { who, _, _ in
      try self.requireMember(who)
      guard who.isStaff, let account = who.account else { return }
      self.announcer.staff.withLock { _ = $0.insert(account) }
    }
    rules.snapshot = { _, _ in .raw(try await self.store.presentAnswer(isLive: true)) }
    return rules
  }

  func gradeRules() -> TopicRules {
    var rules = TopicRules()
    rules.allowsGuests = true
    rules.gatherMilliseconds = CheckInPlugin.gatherMilliseconds
    rules.authorize = { who, topic, _ in
      guard CheckInPlugin.grade(of: topic) != nil else { throw TopicRefusal.unknown }
      try self.requireMember(who)
    }
    rules.snapshot = { topic, _ in
      guard let grade = CheckInPlugin.grade(of: topic) else { return nil }
      // The subscription stands by now, so a client that leaves again occupies no entry for long.
      try await self.followed.follow(grade, self.services.hub, at: self.services.clock.now)
      return .raw(try await self.store.leaders(of: grade).answer)
    }
    return rules
  }

  func personalRules() -> TopicRules {
    var rules = TopicRules()
    rules.authorize = { who, topic, _ in
      guard let number = topic.rest(after: "checkin.user."), AccessRules.owns(number, who) else {
        throw TopicRefusal.denied
      }
    }
    let store = self.store
    rules.snapshot = { topic, _ in
      guard let number = topic.rest(after: "checkin.user."),
        let person = try await store.find(number)
      else { return ["user": nil, "record": nil] }
      let last = try await store.stays(of: person.id, limit: 1).first
      return ["user": .raw(person.live), "record": last?.json ?? .null]
    }
    return rules
  }

  func chatRules() -> TopicRules {
    var rules = TopicRules()
    rules.presence = true
    rules.publisher = .member
    rules.maxMembers = 500
    // Students without an account come in over `/chart`; all other guests are refused.
    rules.allowsGuests = true
    let chat = self.chat
    rules.authorize = { who, _, _ in try await chat.authorize(who) }
    rules.membership = { change in await chat.membershipChanged(change) }
    rules.compose = { message in try chat.compose(message) }
    return rules
  }

  /// Requires an account, or a screen on a wall of the open networks.
  private func requireMember(_ who: Identity) throws(TopicRefusal) {
    guard who.isGuest else { return }
    guard let peer = who.peer, access.isOpen(peer) else { throw .unauthorized }
  }

  private static func grade(of topic: Topic) -> Grade? {
    topic.rest(after: "checkin.grade.").flatMap { Grade($0) }
  }
}
