internal import JSON
internal import PluginKit

extension StudyRecordsPlugin {
  func registerTopics(with registrar: inout Registrar) {
    registrar.topic(
      "study.live", "The number of users who study now.", liveRules(),
      events: Documents.liveEvents)
    registrar.topic(
      "study.user.{id}", "The records of one user, for that user.", userRules(),
      events: Documents.userEvents)
  }

  private func liveRules() -> TopicRules {
    var rules = TopicRules()
    rules.conflate = true
    rules.snapshot = { _, _ in ["studying": JSONValue(try await self.records.studying())] }
    return rules
  }

  private func userRules() -> TopicRules {
    var rules = TopicRules()
    rules.authorize = { who, topic, _ in
      guard let user = try await self.users.id(of: who) else { throw TopicRefusal.denied }
      guard topic == Announcer.user(user) else { throw TopicRefusal.denied }
    }
    rules.snapshot = { _, who in
      guard let user = try await self.users.id(of: who) else { return nil }
      return .array(try await self.records.open(of: user).map { $0.json(Links(who)) })
    }
    return rules
  }
}
