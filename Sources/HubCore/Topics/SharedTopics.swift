internal import HubProtocol
internal import HubStore
internal import HubTopics
internal import PluginHost
internal import PluginKit
internal import Primitives
internal import Storage
internal import Synchronization

/// A worker as the owner of topics, which others ask.
protocol TopicOwner: Actor {
  /// Lets a connection in. From the moment this returns, every event reaches its worker.
  func subscribe(_ request: SubscribeRequest) async throws -> SubscribeReply

  /// Nil where nobody is shown.
  func presence(of topic: TopicName, _ wish: ClientCommand.PresenceRequest) -> PresencePage?

  func history(
    of topic: TopicName, before offset: UInt64?, limit: Int
  ) async throws -> HistoryReply
}

/// The part that the owners of topics on all workers share: the rules, the stores, the callers that wait.
final class SharedTopics: Sendable {
  let rules: TopicTable<TopicRules>
  let eventStore: EventStore
  let memberStore: MemberStore
  let random: any RandomSource
  let log: Log
  let runner: RouteRunner
  let workerCount: Int
  let window: ReconnectWindow
  /// The callers of the gateway that wait.
  let publishes: PendingPublishes
  private let removals = Atomic<UInt64>(0)
  private let allOwners = Locked<[any TopicOwner]>([])

  init(
    rules: TopicTable<TopicRules>, store: any Store, node: String, random: any RandomSource,
    log: Log, runner: RouteRunner, workerCount: Int, window: ReconnectWindow,
    publishes: PendingPublishes
  ) {
    self.rules = rules
    eventStore = EventStore(store: store)
    memberStore = MemberStore(store: store, node: node)
    self.random = random
    self.log = log
    self.runner = runner
    self.workerCount = workerCount
    self.window = window
    self.publishes = publishes
  }

  /// Known once all workers have been made.
  func setOwners(_ owners: [any TopicOwner]) { allOwners.withLock { $0 = owners } }

  /// The worker that alone numbers a topic's events and knows its members.
  func owner(of topic: TopicName) -> any TopicOwner {
    allOwners.withLock { $0[topic.owner(among: workerCount)] }
  }

  /// How many users were removed from topics since the start.
  var removalGeneration: UInt64 { removals.load(ordering: .acquiring) }

  func nextRemovalGeneration() -> UInt64 {
    removals.add(1, ordering: .acquiringAndReleasing).newValue
  }
}
