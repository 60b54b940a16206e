internal import JSON
internal import PluginKit

extension CampusPlugin {
  func registerRoomTopics(with registrar: inout Registrar) {
    registrar.topic(
      "campus.rooms", "The reservations of all meeting rooms.", roomRules { _ in nil },
      events: Documents.roomEvents)
    registrar.topic(
      "campus.room.{room}", "The reservations of a meeting room.",
      roomRules { topic in
        guard let id = RoomTopics.room(of: topic),
          try await self.reservations.store.room(id) != nil
        else { throw TopicRefusal.unknown }
        return id
      },
      events: Documents.roomEvents)
  }

  /// - Parameter room: the room of a topic, nil for all; it throws if there is no such room.
  private func roomRules(_ room: @escaping @Sendable (Topic) async throws -> Int64?) -> TopicRules {
    var rules = TopicRules()
    rules.authorize = { who, topic, _ in
      guard try await self.users.id(of: who) != nil else { throw TopicRefusal.denied }
      _ = try await room(topic)
    }
    rules.snapshot = { topic, who in
      guard let user = try await self.users.id(of: who) else { return nil }
      self.reservations.announcer.watch()
      return try await self.today(
        of: try await room(topic), for: Caller(id: user, identity: who))
    }
    return rules
  }

  /// Today's reservations of a room, or of all, in the form of the second search.
  private func today(of room: Int64?, for caller: Caller) async throws -> JSONValue {
    let day = day(at: services.clock.now)
    let rooms = try await reservations.store.rooms().filter { room == nil || $0.id == room }
    return try await overlaps(rooms, day, for: caller)
  }
}
