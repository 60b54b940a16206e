internal import JSON
internal import PluginKit

// The rules of the topics.
extension ChatPlugin {
  func listRules() -> TopicRules {
    var rules = TopicRules()
    rules.allowsGuests = true
    rules.allowsProvisional = true
    let services = self.services
    let directory = self.directory
    rules.authorize = { who, _, _ in
      guard who.isGuest else { return }
      guard let peer = who.peer, services.isOpen(to: peer) else {
        throw TopicRefusal.unauthorized
      }
    }
    rules.snapshot = { _, _ in try await directory.snapshotJSON }
    return rules
  }

  /// Subscribing takes the seat. Unsubscribing gives it back, and so does an absence longer than
  /// the hub's grace.
  func roomRules() -> TopicRules {
    var rules = TopicRules()
    rules.presence = true
    rules.publisher = .member
    rules.history = .stream(count: 500, seconds: 7 * 86_400, stored: true)
    // Clients of the documents without a token; all other guests are refused.
    rules.allowsGuests = true
    rules.allowsProvisional = true
    let membership = self.membership
    rules.authorize = { who, topic, action in
      try await membership.authorize(who, topic, action)
    }
    rules.snapshot = { topic, who in try await membership.list(of: topic, for: who) }
    rules.compose = RoomMembership.compose
    rules.membership = { change in await membership.changed(change) }
    return rules
  }
}
