internal import JSON
internal import PluginKit

extension CampusPlugin {
  static func userTopic(_ user: Int64) -> Topic { Topic("campus.user.\(user)") }

  func registerUserTopic(with registrar: inout Registrar) {
    var rules = TopicRules()
    rules.authorize = { who, topic, _ in
      guard let user = try await self.users.id(of: who), topic == CampusPlugin.userTopic(user)
      else { throw TopicRefusal.denied }
    }
    registrar.topic(
      "campus.user.{id}", "The changes that concern one user, for that user.", rules,
      events: Documents.userEvents)
  }
}
