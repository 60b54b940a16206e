internal import JSON
internal import PluginKit

extension SignTasksPlugin {
  func registerTopics(with registrar: inout Registrar) {
    registrar.topic(
      "sign.course.{courseTableID}", "The tasks of one course table.", courseRules(),
      events: Documents.courseEvents)
    registrar.topic(
      "sign.task.{signID}", "One task, for its teacher: who signs.", taskRules(),
      events: Documents.taskEvents)
    registrar.topic(
      "sign.user.{userSysID}", "What concerns one user.", userRules(),
      events: Documents.userEvents)
  }

  private func courseRules() -> TopicRules {
    var rules = TopicRules()
    rules.gatherMilliseconds = 100
    rules.authorize = { who, topic, _ in
      let (user, table) = try await self.subscriber(who, topic, "sign.course.")
      guard try await self.courses.follows(user, table) else { throw TopicRefusal.denied }
    }
    rules.snapshot = { topic, _ in
      guard let table = SignTasksPlugin.number(topic, "sign.course.") else { return nil }
      return .array(try await self.tasks.open(in: table, at: self.now).map { $0.json() })
    }
    return rules
  }

  /// Ends the subscriptions of those who may not follow their course any more.
  func review(_ followers: [Follower]) async {
    for follower in followers where !(await mayStay(follower)) {
      await services.hub.remove("u\(follower.account)", from: Announcer.course(follower.table))
    }
  }

  /// A failed look-up ends the subscription. A client with the right comes back.
  private func mayStay(_ follower: Follower) async -> Bool {
    do {
      guard let account = try await services.accounts.account(follower.account) else {
        return false
      }
      let user = CourseUser(id: follower.user, kind: account.identity.courseKind)
      return try await courses.follows(user, follower.table)
    } catch {
      services.log.warning(
        "the right to follow a course is unknown, so its subscription ends",
        ["account": "\(follower.account)", "reason": "\(error)"])
      return false
    }
  }

  private func taskRules() -> TopicRules {
    var rules = TopicRules()
    rules.gatherMilliseconds = 100
    rules.authorize = { who, topic, _ in
      let (user, sign) = try await self.subscriber(who, topic, "sign.task.")
      guard user.kind == .teacher, let task = try await self.tasks.sign(sign),
        task.publisher == user.id
      else {
        throw TopicRefusal.denied
      }
    }
    rules.snapshot = { topic, _ in
      guard let sign = SignTasksPlugin.number(topic, "sign.task.") else { return nil }
      return try await self.logs.report(on: sign)?.json
    }
    return rules
  }

  private func userRules() -> TopicRules {
    var rules = TopicRules()
    rules.authorize = { who, topic, _ in
      let (user, id) = try await self.subscriber(who, topic, "sign.user.")
      guard user.id == id else { throw TopicRefusal.denied }
    }
    rules.snapshot = { topic, who in
      guard let user = try await self.users.user(of: who), user.kind == .student else {
        return nil
      }
      return .array(try await self.tasks.new(for: user.id, at: self.now).map { $0.json() })
    }
    return rules
  }

  private func subscriber(
    _ who: Identity, _ topic: Topic, _ prefix: String
  ) async throws -> (CourseUser, Int64) {
    guard let user = try await users.user(of: who) else { throw TopicRefusal.unauthorized }
    guard let number = SignTasksPlugin.number(topic, prefix) else { throw TopicRefusal.unknown }
    return (user, number)
  }

  /// Only the one spelling that events are published under.
  private static func number(_ topic: Topic, _ prefix: String) -> Int64? {
    guard let text = topic.rest(after: prefix), let number = Int64(text), "\(number)" == text
    else { return nil }
    return number
  }
}
