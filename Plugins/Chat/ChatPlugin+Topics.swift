internal import JSON
internal import PluginKit

// The rooms for clients of version 2.
extension ChatPlugin {
  func registerTopics(with registrar: inout Registrar) {
    registrar.topic(
      RoomBook.list.description, "Which rooms there are, and how many are in them.", listRules(),
      events: Documents.listEvents)
    registrar.topic(
      RoomName.pattern, "One room: who comes and goes, and what is said.", roomRules(),
      events: Documents.roomEvents)
  }

  private func listRules() -> TopicRules {
    var rules = TopicRules()
    rules.allowsGuests = true
    rules.allowsProvisional = true
    let services = self.services
    let book = self.book
    rules.authorize = { who, _, _ in
      guard who.isGuest else { return }
      guard let peer = who.peer, services.isOpen(to: peer) else {
        throw TopicRefusal.unauthorized
      }
    }
    rules.snapshot = { _, _ in await book.snapshotJSON }
    return rules
  }

  /// Subscribing takes the seat, unsubscribing gives it back, and so does being lost for longer
  /// than the hub waits.
  private func roomRules() -> TopicRules {
    var rules = TopicRules()
    rules.presence = true
    rules.publisher = .member
    rules.history = .stream(count: 500, seconds: 7 * 86_400, stored: true)
    // Clients of the documents without a token; all other guests are refused.
    rules.allowsGuests = true
    rules.allowsProvisional = true
    let members = self.members
    rules.authorize = { who, topic, action in
      try await members.authorize(who, topic, action)
    }
    rules.snapshot = { topic, who in try await members.list(of: topic, for: who) }
    rules.compose = Members.compose
    rules.membership = { change in await members.changed(change) }
    return rules
  }

  private var members: Members { Members(book: book, hub: services.hub) }
}

extension ChatUser {
  var json: JSONObject { ["user_name": .string(name), "user_avatar": .string(avatar)] }
}
