internal import JSON
internal import PluginKit
internal import Primitives

// The topics that tell what happens in the lab.
extension CheckInPlugin {
  func registerTopics(with registrar: inout Registrar) {
    registrar.topic(
      Announcer.presence.description, "Who is in the lab, and everybody who comes or goes.",
      presenceRules(), events: Documents.presenceEvents)
    registrar.topic(
      "checkin.grade.{prefix}", "The same for one grade, and its first three.", gradeRules(),
      events: Documents.gradeEvents)
    registrar.topic(
      "checkin.user.{studentid}", "What concerns one student.", personalRules(),
      events: Documents.personalEvents)
  }

  /// When a lecture ends, a thousand screens are sent ten frames a second and not two thousand;
  /// nobody sees a tenth of a second.
  private static let gatherMilliseconds = 100

  private func presenceRules() -> TopicRules {
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
    rules.snapshot = { _, _ in .raw(try await self.roll.presentAnswer(isLive: true)) }
    return rules
  }

  private func gradeRules() -> TopicRules {
    var rules = TopicRules()
    rules.allowsGuests = true
    rules.gatherMilliseconds = CheckInPlugin.gatherMilliseconds
    rules.authorize = { who, topic, _ in
      guard CheckInPlugin.grade(of: topic) != nil else { throw TopicRefusal.unknown }
      try self.requireMember(who)
    }
    rules.snapshot = { topic, _ in
      guard let grade = CheckInPlugin.grade(of: topic) else { return nil }
      // The subscription stands by now: whoever comes and goes takes no place for long.
      try await self.followed.follow(grade, self.services.hub, at: self.services.clock.now)
      return .raw(try await self.roll.leaders(of: grade).answer)
    }
    return rules
  }

  private func personalRules() -> TopicRules {
    var rules = TopicRules()
    rules.authorize = { who, topic, _ in
      guard let number = topic.rest(after: "checkin.user."), Admission.owns(number, who) else {
        throw TopicRefusal.denied
      }
    }
    let roll = self.roll
    rules.snapshot = { topic, _ in
      guard let number = topic.rest(after: "checkin.user."),
        let person = try await roll.find(number)
      else { return ["user": nil, "record": nil] }
      let last = try await roll.stays(of: person.id, limit: 1).first
      return ["user": .raw(person.live), "record": last?.json ?? .null]
    }
    return rules
  }

  /// Who has an account, and the screens on the walls of the open networks.
  private func requireMember(_ who: Identity) throws(TopicRefusal) {
    guard who.isGuest else { return }
    guard let peer = who.peer, admission.isOpen(peer) else { throw .unauthorized }
  }

  private static func grade(of topic: Topic) -> Grade? {
    topic.rest(after: "checkin.grade.").flatMap { Grade($0) }
  }
}
