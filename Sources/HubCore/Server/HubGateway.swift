internal import HubProtocol
internal import HubTopics
internal import Loop
public import PluginKit
internal import Primitives
internal import WebSocket

/// The hub as plugins hold it. They are made before the server is, so it is connected later.
public final class HubGateway: Hub {
  private let workers = Locked<[Worker]>([])
  let publishes = PendingPublishes()

  public init() {}

  func connect(to workers: [Worker]) { self.workers.withLock { $0 = workers } }

  private var all: [Worker] { workers.withLock { $0 } }

  private func owner(of topic: TopicName) throws -> Worker {
    let workers = all
    if workers.isEmpty { throw HubError(.stopping) }
    return workers[topic.owner(among: workers.count)]
  }

  @discardableResult
  public func publish(_ event: Event, to topic: Topic) async throws -> Position {
    guard let name = TopicName(topic.description) else { throw HubError(.unknownTopic) }
    let owner = try owner(of: name)
    return try await publishes.wait { number in
      owner.publish(PublishRequest(event, to: name, by: .gateway(number)))
    }
  }

  public func announce(_ event: Event, to topics: [Topic]) async {
    for topic in topics {
      guard let name = TopicName(topic.description), let owner = try? owner(of: name) else {
        continue
      }
      // Never at once, not even on the owner's own thread: it would overtake what another thread
      // has put there a moment ago.
      let request = PublishRequest(event, to: name, by: .nobody)
      owner.inbox.receive([.request(.publish(request))])
    }
  }

  public func send(_ event: Event, to user: String, in topic: Topic) async {
    guard let name = TopicName(topic.description) else { return }
    for worker in all { await worker.deliverDirectly(event, to: user, in: name) }
  }

  public func forgetHistory(of topic: Topic) async throws {
    guard let name = TopicName(topic.description) else { throw HubError(.unknownTopic) }
    do {
      try await owner(of: name).forgetHistory(of: name)
    } catch TopicRefusal.unknown {
      throw HubError(.unknownTopic)
    } catch let error as HubError {
      throw error
    } catch {
      throw HubError(.storeUnavailable)
    }
  }

  public func members(of topic: Topic) async -> [Member] {
    guard let name = TopicName(topic.description), let owner = try? owner(of: name) else {
      return []
    }
    return await owner.members(of: name)
  }

  public func population(of topic: Topic) async -> Int {
    guard let name = TopicName(topic.description), let owner = try? owner(of: name) else {
      return 0
    }
    return await owner.population(of: name)
  }

  @discardableResult
  public func remove(_ user: String, from topic: Topic) async -> Bool {
    guard let name = TopicName(topic.description), let owner = try? owner(of: name) else {
      return false
    }
    return await owner.remove(user, from: name)
  }

  @discardableResult
  public func disconnect(_ user: String, _ reason: DisconnectReason) async -> Int {
    var count = 0
    for worker in all { count += await worker.disconnect(user, reason) }
    return count
  }

  public func notify(_ event: Event, about subject: String) async throws {
    guard let first = all.first else { throw HubError(.stopping) }
    try await first.notify(event, about: subject)
  }
}

extension PublishRequest {
  fileprivate init(_ event: Event, to topic: TopicName, by sender: Sender) {
    let key = event.id.map { IdempotencyWindow.Key(author: event.author ?? "", id: $0) }
    self.init(topic: topic, content: .event(event), key: key, sender: sender)
  }
}
