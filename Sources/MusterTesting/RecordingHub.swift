internal import HubCore
internal import PluginHost
public import PluginKit

/// A hub in one actor, for tests of plugins: it keeps the rules of topics and remembers everything.
///
/// Presence has no grace here: who leaves is gone. Time does not pass by itself.
public actor RecordingHub: Hub {
  public struct Published: Sendable {
    public let topic: Topic
    public let event: Event
    public let offset: UInt64
  }

  private struct Place {
    let client: BenchClient
    let identity: Identity
  }

  private struct Room {
    var places: [Place] = []
    var offset: UInt64 = 0
  }

  private var unit: LoadedPlugin?
  private var rooms: [Topic: Room] = [:]

  /// Everything that was published, in order.
  public private(set) var published: [Published] = []
  /// Events sent to single users.
  public private(set) var sent: [(user: String, topic: Topic, event: Event)] = []
  /// Users that were disconnected from the hub.
  public private(set) var disconnected: [(user: String, reason: DisconnectReason)] = []

  /// Events for the receiver of webhooks, in order, each with its subject.
  public private(set) var notices: [(event: Event, subject: String)] = []

  /// Topics whose history was deleted, in order, each with the number of its last event.
  public private(set) var forgotten: [(topic: Topic, offset: UInt64)] = []

  private var silent: Set<String> = []

  public init() {}

  /// From now on nothing is heard of this user: its line may be dead, and members show it so.
  public func fallSilent(_ user: String) { silent.insert(user) }

  /// The topic has a member of before a restart, who is expected back.
  public func expect(_ who: Identity, in topic: Topic) {
    let client = BenchClient(id: "before-\(who.id)", hub: self, dialect: nil)
    rooms[topic, default: Room()].places.append(Place(client: client, identity: who))
  }

  func serve(_ unit: LoadedPlugin) { self.unit = unit }

  /// The published events of one topic by name, e.g. `["checkin.in"]`.
  public func names(in topic: Topic) -> [String] {
    published.filter { $0.topic == topic }.map(\.event.name)
  }

  /// Forgets what was published so far.
  public func forget() {
    published = []
    sent = []
  }

  @discardableResult
  public func publish(_ event: Event, to topic: Topic) async throws -> Position {
    guard rules(of: topic) != nil else { throw HubError(.unknownTopic) }
    var room = rooms[topic] ?? Room()
    room.offset += 1
    rooms[topic] = room
    published.append(Published(topic: topic, event: event, offset: room.offset))
    for place in room.places {
      place.client.deliver(event, in: topic, isAuthor: event.author == place.identity.id)
    }
    return Position(offset: room.offset, epoch: "test")
  }

  public func send(_ event: Event, to user: String, in topic: Topic) async {
    sent.append((user, topic, event))
    for place in rooms[topic]?.places ?? [] where place.identity.id == user {
      place.client.deliver(event, in: topic, isAuthor: false)
    }
  }

  public func forgetHistory(of topic: Topic) async throws {
    guard rules(of: topic) != nil else { throw HubError(.unknownTopic) }
    forgotten.append((topic, rooms[topic]?.offset ?? 0))
  }

  public func members(of topic: Topic) async -> [Member] {
    let places = rooms[topic]?.places ?? []
    var order: [String] = []
    var counts: [String: Int] = [:]
    for place in places {
      if counts[place.identity.id] == nil { order.append(place.identity.id) }
      counts[place.identity.id, default: 0] += 1
    }
    return order.compactMap { id in
      guard let who = places.first(where: { $0.identity.id == id })?.identity else { return nil }
      return Member(
        id: id, name: who.name, avatar: who.avatar,
        state: silent.contains(id) ? .unstable : .online,
        connections: counts[id] ?? 1, since: 0)
    }
  }

  public func population(of topic: Topic) async -> Int { await members(of: topic).count }

  @discardableResult
  public func remove(_ user: String, from topic: Topic) async -> Bool {
    let places = rooms[topic]?.places.filter { $0.identity.id == user } ?? []
    for place in places { await leave(place.client, topic, .removed) }
    return !places.isEmpty
  }

  @discardableResult
  public func disconnect(_ user: String, _ reason: DisconnectReason) async -> Int {
    disconnected.append((user, reason))
    return rooms.values.flatMap(\.places).filter { $0.identity.id == user }.count
  }

  public func notify(_ event: Event, about subject: String) async throws {
    notices.append((event, subject))
  }

  /// The hub's part when a connection subscribes.
  func join(_ client: BenchClient, _ topic: Topic, as account: Identity) async throws {
    guard let rules = rules(of: topic) else { throw TopicRefusal.unknown }
    let identity = try client.standing(of: account, behind: rules)
    if identity.isGuest && !rules.allowsGuests { throw TopicRefusal.unauthorized }
    try await rules.authorize(identity, topic, .subscribe)
    let isFirst = !(rooms[topic]?.places.contains { $0.identity.id == identity.id } ?? false)
    rooms[topic, default: Room()].places.append(Place(client: client, identity: identity))
    if isFirst { await report(identity, .joined, topic, rules) }
    do { _ = try await rules.snapshot?(topic, identity) } catch {
      await leave(client, topic, .closed)
      throw error
    }
  }

  func leave(_ client: BenchClient, _ topic: Topic, _ reason: MembershipChange.LeaveReason) async {
    guard let index = rooms[topic]?.places.firstIndex(where: { $0.client === client }),
      let place = rooms[topic]?.places.remove(at: index)
    else { return }
    let isLast = !(rooms[topic]?.places.contains { $0.identity.id == place.identity.id } ?? false)
    guard isLast, let rules = rules(of: topic) else { return }
    await report(place.identity, .left(reason), topic, rules)
  }

  func leaveAll(_ client: BenchClient, _ reason: MembershipChange.LeaveReason) async {
    for topic in rooms.keys
    where rooms[topic]?.places.contains(where: { $0.client === client }) == true {
      await leave(client, topic, reason)
    }
  }

  private func report(
    _ who: Identity, _ kind: MembershipChange.Kind, _ topic: Topic, _ rules: TopicRules
  ) async {
    let total = await members(of: topic).count
    await rules.membership?(MembershipChange(topic: topic, who: who, kind: kind, total: total))
  }

  func rules(of topic: Topic) -> TopicRules? {
    unit?.topics.first { BenchPattern($0.pattern).matches(topic.description) }?.rules
  }
}
