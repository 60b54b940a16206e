internal import JSON
internal import PluginKit
internal import Primitives

/// The rooms of this server, and the one place where they change.
///
/// Changes are announced at once and in order: those of a topic go out one after another, and the
/// caller of a change goes on when its own announcements are out.
actor RoomDirectory {
  static let list: Topic = "chat.rooms"
  /// The time after a start in which the members of before are expected back.
  static let returningMilliseconds: Int64 = 300_000
  /// Rooms that one address may open.
  private static let openingLimit = WindowLimit(count: 3, seconds: 60)

  private var rooms = Rooms()
  /// The announcements that still have to go out, by topic.
  private var pending: [Topic: Fifo<Step>] = [:]
  private let turns = KeyedQueue<Topic>()
  private var openings = WindowCounter<String>()
  private let hub: any Hub
  private let clock: any WallClock
  private let settings: Settings
  private let log: Log
  private let startedAt: Int64

  private enum Step {
    case publish(Event)
    /// A later room of the same name must not show the messages of an earlier one.
    case forgetHistory
    /// The same, unless members from before the start are expected back.
    case forgetHistoryUnlessReturning
    case evict(occupant: String)
  }

  init(_ services: PluginServices) {
    hub = services.hub
    clock = services.clock
    settings = services.settings
    log = services.log
    startedAt = services.clock.now
  }

  func begin(permanent: [String]) { rooms = Rooms(permanent: permanent) }

  var roomList: [(name: String, population: Int)] {
    get async {
      await tidy()
      return rooms.list
    }
  }

  func members(of room: RoomName) -> [ChatUser] { rooms.members(of: room.description) }

  /// Ends bookings and rooms whose time is over.
  func tidy() async {
    rooms.expire(at: clock.now)
    await announce()
  }

  /// The number of seats in a room, which a reload of the settings may change.
  var capacity: Int { max(1, settings.number("capacity")) }

  private var now: Int64 {
    rooms.capacity = capacity
    return clock.now
  }
}

// Requests of calls and connections.
extension RoomDirectory {
  enum Creation { case created, exists, tooMany }

  func create(_ room: RoomName) async -> Creation {
    if rooms.isFull && !rooms.contains(room.description) { return .tooMany }
    let isNew = rooms.create(room.description, at: now)
    await announce()
    return isNew ? .created : .exists
  }

  func book(_ room: RoomName, _ user: String, by request: SeatRequest) async -> Rooms.Booking {
    let booking = rooms.book(room.description, user, by: request, at: now)
    await announce()
    return booking
  }

  func giveBack(_ room: RoomName, _ user: String, by request: SeatRequest) async -> Rooms.Return {
    let answer = rooms.giveBack(room.description, user, by: request, at: now)
    await announce()
    return answer
  }

  func contains(_ room: RoomName) -> Bool { rooms.contains(room.description) }

  /// Nil if the address of the request has opened too many rooms lately.
  func admit(
    _ room: RoomName, _ user: ChatUser, as occupant: String, on connection: String?,
    by request: SeatRequest,
    isTrusted: Bool
  ) async -> Rooms.Admission? {
    let now = now
    rooms.expire(at: now)
    if !rooms.contains(room.description) {
      guard !rooms.isFull, isTrusted || opens(request.peer.client, at: now) else { return nil }
    }
    let admission = rooms.admit(
      room.description, user, as: occupant, on: connection, by: request, at: now)
    await announce(andWaitFor: room)
    return admission
  }

  private func opens(_ client: ClientKey, at now: Int64) -> Bool {
    openings.take("\(client)", RoomDirectory.openingLimit, at: now) == nil
  }

  func enter(_ room: RoomName, _ user: String, as occupant: String) async -> Rooms.Entry {
    let entry = rooms.enter(room.description, user, as: occupant, at: now)
    await announce(andWaitFor: room)
    return entry
  }

  func leave(
    _ room: RoomName, _ user: String, as occupant: String, on connection: String?,
    isLost: Bool = false
  ) async -> Rooms.Leaving {
    let leaving = rooms.leave(
      room.description, user, as: occupant, on: connection, isLost: isLost, at: now)
    // Only a real leave waits: the hub also reports its own evictions here.
    await announce(andWaitFor: leaving == .gone ? room : nil)
    return leaving
  }

  func withdraw(_ room: RoomName, _ user: String, as occupant: String, on connection: String?) async
  {
    rooms.withdraw(room.description, user, as: occupant, on: connection, at: now)
    await announce()
  }

  func standing(
    _ room: RoomName, _ user: String, as occupant: String, on connection: String?
  ) -> Rooms.Standing {
    rooms.standing(room.description, user, as: occupant, on: connection)
  }

  func isAdmitted(_ room: RoomName, _ user: String, as occupant: String) -> Bool {
    rooms.isAdmitted(room.description, user, as: occupant)
  }
}

// Announcements.
extension RoomDirectory {
  /// Publishes the new changes. With `room`, also waits for the pending announcements of its topic,
  /// so that the caller's next message comes after them.
  private func announce(andWaitFor room: RoomName? = nil) async {
    var touched: [Topic] = room.map { [$0.topic] } ?? []
    for change in rooms.takeChanges() {
      for (topic, step) in steps(change) {
        pending[topic, default: Fifo()].append(step)
        if !touched.contains(topic) { touched.append(topic) }
      }
    }
    for topic in touched { await flush(topic) }
  }

  private func steps(_ change: RoomChange) -> [(Topic, Step)] {
    let announced = RoomDirectory.step(change).map { [$0] } ?? []
    switch change {
    case .opened(let room):
      // Soon after a restart the room may be an old one, whose members come back to its messages.
      let isNew = clock.now - startedAt > RoomDirectory.returningMilliseconds
      return forgetting(room, isNew ? .forgetHistory : .forgetHistoryUnlessReturning) + announced
    case .released(let room): return forgetting(room, .forgetHistory) + announced
    case .population, .moved, .evicted: return announced
    }
  }

  private func forgetting(_ room: String, _ step: Step) -> [(Topic, Step)] {
    RoomName(room).map { [($0.topic, step)] } ?? []
  }

  private static func step(_ change: RoomChange) -> (Topic, Step)? {
    switch change {
    case .opened(let room):
      return (list, .publish(Event("room.opened", ["name": .string(room), "population": 0])))
    case .population(let room, let count, let isFull):
      let fields: JSONObject = [
        "name": .string(room), "population": JSONValue(count), "full": .bool(isFull),
      ]
      return (list, .publish(Event("room.population", fields)))
    case .released(let room):
      return (list, .publish(Event("room.released", ["name": .string(room)])))
    case .moved(let room, let user, let move):
      guard let topic = RoomName(room)?.topic else { return nil }
      let message = ChatMessage(user: user, room: room, text: move.rawValue)
      return (topic, .publish(Event("chat.user", message.data)))
    case .evicted(let room, let occupant):
      return RoomName(room).map { ($0.topic, .evict(occupant: occupant)) }
    }
  }

  private func flush(_ topic: Topic) async {
    await turns.inTurn(topic) {
      while let step = pending[topic]?.popFirst() { await perform(step, topic) }
      pending[topic] = nil
    }
  }

  /// The change is made already, so a failed announcement is only logged.
  private func perform(_ step: Step, _ topic: Topic) async {
    switch step {
    case .evict(let occupant): await hub.remove(occupant, from: topic)
    case .forgetHistory: await forgetHistory(of: topic)
    case .forgetHistoryUnlessReturning:
      if await hub.members(of: topic).isEmpty { await forgetHistory(of: topic) }
    case .publish(let event):
      do {
        try await hub.publish(event, to: topic)
      } catch {
        log.warning(
          "a change of a chat room was not announced",
          ["topic": topic.description, "reason": "\(error)"])
      }
    }
  }

  private func forgetHistory(of topic: Topic) async {
    do {
      try await hub.forgetHistory(of: topic)
    } catch {
      log.warning(
        "the history of a chat room was not deleted",
        ["topic": topic.description, "reason": "\(error)"])
    }
  }
}
