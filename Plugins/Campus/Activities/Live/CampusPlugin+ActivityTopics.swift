internal import JSON
internal import PluginKit

extension CampusPlugin {
  func registerActivityTopics(with registrar: inout Registrar) {
    registrar.topic(
      "campus.qr.{clockin}", "The QR code of a clock-in item, for the staff that shows it.",
      qrRules(), events: Documents.qrEvents)
    registrar.topic(
      "campus.activity.{activity}",
      "An activity. Its clock-ins are sent to administrators and to the staff of its items only.",
      activityRules(), events: Documents.activityEvents)
  }

  private func qrRules() -> TopicRules {
    var rules = TopicRules()
    rules.authorize = { who, topic, _ in
      guard let user = try await self.users.id(of: who) else { throw TopicRefusal.denied }
      guard let item = ActivityTopics.item(of: topic),
        try await self.activities.clockins.item(item) != nil
      else { throw TopicRefusal.unknown }
      guard try await self.showsCode(Caller(id: user, identity: who), of: item) else {
        throw TopicRefusal.denied
      }
    }
    rules.snapshot = { topic, _ in
      guard let item = ActivityTopics.item(of: topic) else { return nil }
      let rotation = self.activities.rotation
      return try await rotation.watch(item).flatMap { rotation.qr(of: $0) }.map { .object($0) }
    }
    return rules
  }

  private func activityRules() -> TopicRules {
    var rules = TopicRules()
    rules.authorize = { who, topic, _ in
      guard let user = try await self.users.id(of: who) else { throw TopicRefusal.denied }
      guard let id = ActivityTopics.activity(of: topic),
        let found = try await self.activities.list.find(id, for: user)
      else { throw TopicRefusal.unknown }
      let isAdministrator = Caller(id: user, identity: who).isStaff
      guard found.activity.isOpen || found.isEnrolled || isAdministrator else {
        throw TopicRefusal.unknown
      }
      if let account = who.account {
        try await self.activities.followers.note(
          account, of: id, isAdministrator: isAdministrator)
      }
    }
    rules.snapshot = { topic, who in
      guard let id = ActivityTopics.activity(of: topic),
        let user = try await self.users.id(of: who)
      else { return nil }
      return try await self.activities.list.find(id, for: user).map {
        $0.activity.json(isEnrolled: $0.isEnrolled)
      }
    }
    return rules
  }
}
