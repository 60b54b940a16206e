internal import JSON
internal import PluginKit
internal import Primitives

/// The rooms of this server, and the one place where they change.
///
/// Changes are told at once and in order: the news of a topic go out one after another, and the
/// caller of a change goes on when its own news are out.
actor RoomBook {
  static let list: Topic = "chat.rooms"
  /// How long after a start rooms may be the ones of before.
  static let returningLasts: Int64 = 300_000
  /// Rooms that one address may open.
  private static let mayOpen = WindowLimit(count: 3, seconds: 60)

  private var rooms = Rooms()
  /// The news that are still to be told in each topic, and who tells them.
  private var untold: [Topic: Fifo<Step>] = [:]
  private let tellers = KeyedQueue<Topic>()
  private var openings = WindowCounter<String>()
  private let hub: any Hub
  private let clock: any WallClock
  private let settings: Settings
  private let log: Log
  private let startedAt: Int64

  private enum Step {
    case publish(Event)
    /// Nothing of an earlier room is left to a later one of its name.
    case forgetHistory
    /// The same, unless members of before the start are expected back.
    case forgetHistoryUnlessReturning
    case evict(party: String)
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

  /// Ends what is over by now.
  func tidy() async {
    rooms.expire(at: clock.now)
    await tell()
  }

  /// The number of seats may be set anew at any time.
  var capacity: Int { max(1, settings.number("capacity")) }

  private var now: Int64 {
    rooms.capacity = capacity
    return clock.now
  }
}

// What the calls and connections want.
extension RoomBook {
  enum Creation { case created, exists, tooMany }

  func create(_ room: RoomName) async -> Creation {
    if rooms.isFull && !rooms.contains(room.description) { return .tooMany }
    let isNew = rooms.create(room.description, at: now)
    await tell()
    return isNew ? .created : .exists
  }

  func book(_ room: RoomName, _ user: String, by claim: Claim) async -> Rooms.Booking {
    let booking = rooms.book(room.description, user, by: claim, at: now)
    await tell()
    return booking
  }

  func giveBack(_ room: RoomName, _ user: String, by claim: Claim) async -> Rooms.Return {
    let answer = rooms.giveBack(room.description, user, by: claim, at: now)
    await tell()
    return answer
  }

  func contains(_ room: RoomName) -> Bool { rooms.contains(room.description) }

  /// Nil if this address has opened too many rooms lately.
  func admit(
    _ room: RoomName, _ user: ChatUser, as party: String, on line: String?, by claim: Claim,
    isTrusted: Bool
  ) async -> Rooms.Admission? {
    let now = now
    rooms.expire(at: now)
    if !rooms.contains(room.description) {
      guard !rooms.isFull, isTrusted || opens(claim.peer.client, at: now) else { return nil }
    }
    let admission = rooms.admit(
      room.description, user, as: party, on: line, by: claim, at: now)
    await tell(andWaitFor: room)
    return admission
  }

  private func opens(_ client: ClientKey, at now: Int64) -> Bool {
    openings.take("\(client)", RoomBook.mayOpen, at: now) == nil
  }

  func enter(_ room: RoomName, _ user: String, as party: String) async -> Rooms.Entry {
    let entry = rooms.enter(room.description, user, as: party, at: now)
    await tell(andWaitFor: room)
    return entry
  }

  func leave(
    _ room: RoomName, _ user: String, as party: String, on line: String?, isLost: Bool = false
  ) async -> Rooms.Leaving {
    let leaving = rooms.leave(
      room.description, user, as: party, on: line, isLost: isLost, at: now)
    // Whoever was not there waits for nothing: the hub tells here of its own evictions, too.
    await tell(andWaitFor: leaving == .gone ? room : nil)
    return leaving
  }

  func withdraw(_ room: RoomName, _ user: String, as party: String, on line: String?) async {
    rooms.withdraw(room.description, user, as: party, on: line, at: now)
    await tell()
  }

  func standing(
    _ room: RoomName, _ user: String, as party: String, on line: String?
  ) -> Rooms.Standing {
    rooms.standing(room.description, user, as: party, on: line)
  }

  func isAdmitted(_ room: RoomName, _ user: String, as party: String) -> Bool {
    rooms.isAdmitted(room.description, user, as: party)
  }
}

// Telling everybody.
extension RoomBook {
  /// Sends out what is new. With `room`, also waits for what others have to tell there, so that
  /// the caller's next message comes behind it.
  private func tell(andWaitFor room: RoomName? = nil) async {
    var touched: [Topic] = room.map { [$0.topic] } ?? []
    for news in rooms.takeNews() {
      for (topic, step) in steps(news) {
        untold[topic, default: Fifo()].append(step)
        if !touched.contains(topic) { touched.append(topic) }
      }
    }
    for topic in touched { await flush(topic) }
  }

  private func steps(_ news: News) -> [(Topic, Step)] {
    let told = RoomBook.step(news).map { [$0] } ?? []
    switch news {
    case .opened(let room):
      // Soon after a restart it may be an old room, whose members come back to what they missed.
      let isNew = clock.now - startedAt > RoomBook.returningLasts
      return forgetting(room, isNew ? .forgetHistory : .forgetHistoryUnlessReturning) + told
    case .released(let room): return forgetting(room, .forgetHistory) + told
    case .population, .moved, .evicted: return told
    }
  }

  private func forgetting(_ room: String, _ step: Step) -> [(Topic, Step)] {
    RoomName(room).map { [($0.topic, step)] } ?? []
  }

  private static func step(_ news: News) -> (Topic, Step)? {
    switch news {
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
    case .evicted(let room, let party):
      return RoomName(room).map { ($0.topic, .evict(party: party)) }
    }
  }

  private func flush(_ topic: Topic) async {
    await tellers.inTurn(topic) {
      while let step = untold[topic]?.popFirst() { await perform(step, topic) }
      untold[topic] = nil
    }
  }

  /// A change has happened, whether or not it can be told.
  private func perform(_ step: Step, _ topic: Topic) async {
    switch step {
    case .evict(let party): await hub.remove(party, from: topic)
    case .forgetHistory: await forgetHistory(of: topic)
    case .forgetHistoryUnlessReturning:
      if await hub.members(of: topic).isEmpty { await forgetHistory(of: topic) }
    case .publish(let event):
      do {
        try await hub.publish(event, to: topic)
      } catch {
        log.warning(
          "chat news were not sent", ["topic": topic.description, "reason": "\(error)"])
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
