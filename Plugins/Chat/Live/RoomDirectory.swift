internal import JSON
internal import PluginKit
internal import Primitives

/// The rooms, and the one place where this process changes them.
///
/// A change is decided in the store. It is then announced at once and in order: the announcements
/// of a topic go out one after another, and the caller of a change goes on when its own are out.
actor RoomDirectory {
  static let list: Topic = "chat.rooms"
  /// The time after a start in which the members of before are expected back.
  static let returningMilliseconds: Int64 = 300_000
  /// Rooms that one address may open.
  private static let openingLimit = WindowLimit(count: 3, seconds: 60)

  let store: RoomStore
  let hub: any Hub
  let log: Log
  let clock: any WallClock
  /// This process among those that serve the same rooms.
  let instance: String
  /// Leaves that the store did not take, by connection and room.
  var unfinishedLeaves: [GuestLeave: Bool] = [:]
  /// Reports of the hub that the store did not take.
  var unfinishedReports: [MembershipReport: MembershipChange] = [:]
  /// The end of this process's lease; 0 before its first guest.
  var leaseEnd: Int64 = 0
  var hasCheckedAccounts = false
  /// Changes of a room are decided and queued for announcement in the same order.
  private let decisions = KeyedQueue<String>()
  /// The announcements that still have to go out, by topic.
  private var pending: [Topic: Fifo<Step>] = [:]
  private let announcements = KeyedQueue<Topic>()
  private var openings = WindowCounter<String>()
  private let settings: Settings
  private let startedAt: Int64

  private enum Step {
    case publish(Event)
    /// A later room of the same name must not show the messages of an earlier one.
    case forgetHistory
    /// The same, unless members from before the start are expected back.
    case forgetHistoryUnlessReturning
    case evict(occupant: String)
  }

  init(_ services: PluginServices, random: any RandomSource = SystemRandom()) {
    store = RoomStore(database: services.store)
    hub = services.hub
    clock = services.clock
    settings = services.settings
    log = services.log
    startedAt = services.clock.now
    instance = String(random.next(), radix: 16) + String(random.next(), radix: 16)
  }

  /// The number of seats in a room, which a reload of the settings may change.
  var capacity: Int { max(1, settings.number("capacity")) }
}

// Reads.
extension RoomDirectory {
  var roomList: [(name: String, population: Int)] {
    get async throws {
      try await tidy()
      return try await store.list()
    }
  }

  func members(of room: RoomName) async throws -> [ChatUser] {
    try await store.members(of: room.description)
  }

  func contains(_ room: RoomName) async throws -> Bool {
    try await store.contains(room.description)
  }

  func standing(
    _ room: RoomName, as occupant: String, on connection: String?
  ) async throws -> Rooms.Standing {
    try await store.standing(room.description, as: occupant, on: key(connection))
  }

  func isAdmitted(_ room: RoomName, as occupant: String) async throws -> Bool {
    try await store.isAdmitted(room.description, as: occupant)
  }

  /// The hub's name of a connection, made unique among all processes.
  private func key(_ connection: String?) -> String? {
    connection.map { ConnectionKey.make(instance, $0) }
  }
}

// Requests of calls and connections.
extension RoomDirectory {
  enum Creation: Sendable { case created, exists, tooMany }

  func create(_ room: RoomName) async throws -> Creation {
    let name = room.description
    let now = clock.now
    return try await change(name) { rooms in
      if rooms.isFull && !rooms.contains(name) { return .tooMany }
      return rooms.create(name, at: now) ? .created : .exists
    }
  }

  func book(
    _ room: RoomName, _ user: String, by request: SeatRequest
  ) async throws -> Rooms.Booking {
    let name = room.description
    let now = clock.now
    return try await change(name) { $0.book(name, user, by: request, at: now) }
  }

  func giveBack(
    _ room: RoomName, _ user: String, by request: SeatRequest
  ) async throws -> Rooms.Return {
    let name = room.description
    let now = clock.now
    return try await change(name) { $0.giveBack(name, user, by: request, at: now) }
  }

  /// Nil if the address of the request has opened too many rooms lately.
  func admit(
    _ room: RoomName, _ user: ChatUser, as occupant: String, on connection: String?,
    by request: SeatRequest, isTrusted: Bool
  ) async throws -> Rooms.Admission? {
    let name = room.description
    let now = clock.now
    let key = key(connection)
    if key != nil { try await extendLease(at: now) }
    let mayOpen = try await contains(room) || isTrusted || opens(request.peer.client, at: now)
    let admission: Rooms.Admission? = try await change(name, andWaitFor: room) { rooms in
      rooms.expire(at: now)
      if !rooms.contains(name), !mayOpen || rooms.isFull { return nil }
      return rooms.admit(name, user, as: occupant, on: key, by: request, at: now)
    }
    return admission
  }

  private func opens(_ client: ClientKey, at now: Int64) -> Bool {
    openings.take("\(client)", RoomDirectory.openingLimit, at: now) == nil
  }

  func enter(
    _ room: RoomName, _ user: String, as occupant: String
  ) async throws -> Rooms.Entry {
    let name = room.description
    let now = clock.now
    return try await change(name, andWaitFor: room) {
      $0.enter(name, user, as: occupant, at: now)
    }
  }

  func leave(
    _ room: RoomName, _ user: String, as occupant: String, on connection: String?,
    isLost: Bool = false
  ) async throws -> Rooms.Leaving {
    let name = room.description
    let now = clock.now
    let key = key(connection)
    let leaving = try await change(name) {
      $0.leave(name, user, as: occupant, on: key, isLost: isLost, at: now)
    }
    // Only a real leave waits: the hub also reports its own evictions here.
    if leaving == .gone { await flush(room.topic) }
    return leaving
  }

  func withdraw(
    _ room: RoomName, _ user: String, as occupant: String, on connection: String?
  ) async throws {
    let name = room.description
    let now = clock.now
    let key = key(connection)
    try await change(name) { $0.withdraw(name, user, as: occupant, on: key, at: now) }
  }

  /// Decides a change in the store and announces it. With `room`, also waits for the pending
  /// announcements of its topic, so that the caller's next message comes after them.
  func change<Answer: Sendable>(
    _ name: String, andWaitFor room: RoomName? = nil,
    _ decide: @escaping @Sendable (inout Rooms) -> Answer
  ) async throws -> Answer {
    var touched: [Topic] = room.map { [$0.topic] } ?? []
    let answer = try await decisions.inTurn(name) {
      let (answer, changes) = try await store.change(name, capacity: capacity, decide)
      for topic in enqueue(changes) where !touched.contains(topic) { touched.append(topic) }
      return answer
    }
    for topic in touched { await flush(topic) }
    return answer
  }
}

// Announcements.
extension RoomDirectory {
  private func enqueue(_ changes: [RoomChange]) -> [Topic] {
    var touched: [Topic] = []
    for change in changes {
      for (topic, step) in steps(change) {
        pending[topic, default: Fifo()].append(step)
        touched.append(topic)
      }
    }
    return touched
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
    await announcements.inTurn(topic) {
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
