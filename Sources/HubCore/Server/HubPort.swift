internal import Loop
public import PluginKit
internal import Primitives
internal import WebSocket

/// The hub as plugins hold it. They are made before the server is, so it is connected later.
public final class HubPort: Hub {
  private let workers = Locked<[Worker]>([])

  public init() {}

  func connect(to workers: [Worker]) { self.workers.withLock { $0 = workers } }

  private var all: [Worker] { workers.withLock { $0 } }

  private func home(of topic: TopicName) throws -> Worker {
    let workers = all
    guard let first = workers.first else { throw HubError(.stopping) }
    return workers[first.home(of: topic)]
  }

  @discardableResult
  public func publish(_ event: Event, to topic: Topic) async throws -> Position {
    guard let name = TopicName(topic.description) else { throw HubError(.unknownTopic) }
    let home = try home(of: name)
    return try await withCheckedThrowingContinuation { continuation in
      let key = event.id.map { IdempotencyWindow.Key(author: event.author ?? "", id: $0) }
      home.order(
        PublishOrder(
          topic: name, content: .event(event), key: key, sender: .caller(continuation)))
    }
  }

  public func announce(_ event: Event, to topics: [Topic]) async {
    for topic in topics {
      guard let name = TopicName(topic.description), let home = try? home(of: name) else {
        continue
      }
      let key = event.id.map { IdempotencyWindow.Key(author: event.author ?? "", id: $0) }
      // Never at once, not even on the home's own thread: it would overtake what another thread
      // has put there a moment ago.
      home.receive([
        .publish(PublishOrder(topic: name, content: .event(event), key: key, sender: .nobody))
      ])
    }
  }

  public func send(_ event: Event, to user: String, in topic: Topic) async {
    guard let name = TopicName(topic.description) else { return }
    for worker in all { await worker.deliverDirectly(event, to: user, in: name) }
  }

  public func forgetHistory(of topic: Topic) async throws {
    guard let name = TopicName(topic.description) else { throw HubError(.unknownTopic) }
    do {
      try await home(of: name).forgetHistory(of: name)
    } catch TopicRefusal.unknown {
      throw HubError(.unknownTopic)
    } catch let error as HubError {
      throw error
    } catch {
      throw HubError(.storeUnavailable)
    }
  }

  public func members(of topic: Topic) async -> [Member] {
    guard let name = TopicName(topic.description), let home = try? home(of: name) else { return [] }
    return await home.members(of: name)
  }

  public func population(of topic: Topic) async -> Int {
    guard let name = TopicName(topic.description), let home = try? home(of: name) else { return 0 }
    return await home.population(of: name)
  }

  @discardableResult
  public func remove(_ user: String, from topic: Topic) async -> Bool {
    guard let name = TopicName(topic.description), let home = try? home(of: name) else {
      return false
    }
    return await home.remove(user, from: name)
  }

  @discardableResult
  public func disconnect(_ user: String, _ reason: DisconnectReason) async -> Int {
    var count = 0
    for worker in all { count += await worker.disconnect(user, reason) }
    return count
  }
}

extension Worker {
  /// Takes an order from outside the loops.
  nonisolated func order(_ order: PublishOrder) {
    if loop.isCurrent {
      assumeIsolated { $0.take(order) }
    } else {
      receive([.publish(order)])
    }
  }

  func members(of topic: TopicName) -> [Member] {
    guard let page = homes[topic]?.topic.presence?.page(after: nil, limit: .max) else { return [] }
    let shift = wallShift
    return (page.members ?? []).map { member in
      Member(
        id: member.who.id, name: member.who.name, avatar: member.who.avatar,
        state: member.state == .online ? .online : .unstable, connections: member.connections,
        since: member.since + shift)
    }
  }

  func population(of topic: TopicName) -> Int {
    guard let home = homes[topic] else { return 0 }
    return home.topic.presence?.count ?? home.topic.subscribers.total
  }

  func disconnect(_ user: String, _ reason: DisconnectReason) -> Int {
    let others = connections.all.filter { $0.dialect?.isOf(user) ?? false }.map(\.token)
    let tokens = (users[user] ?? []).union(others)
    for token in tokens {
      guard let connection = connections[token] else { continue }
      switch reason {
      case .kicked: close(connection, .kicked)
      case .replaced: close(connection, .replaced)
      case .revoked: close(connection, .revoked)
      case .permissionsChanged: close(connection, .permissionsChanged)
      case .rebalance: sendAway(connection)
      }
    }
    return tokens.count
  }

  private func sendAway(_ connection: Connection) {
    let window = house.reconnectWindow(limits)
    tell(connection) {
      ServerFrame.goodbye(.rebalance, reconnect: true, windowMilliseconds: window, into: &$0)
    }
    close(connection, .rebalance)
  }
}
