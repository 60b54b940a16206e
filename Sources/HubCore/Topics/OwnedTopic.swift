internal import HubProtocol
internal import HubTopics
internal import Loop
internal import PluginKit
internal import Primitives

/// One topic of a worker: its state, and what the worker keeps to perform the effects.
final class OwnedTopic {
  var state: TopicState
  /// Those who wait until the history was read.
  var openWaiters: [CheckedContinuation<Void, Never>] = []
  /// Those who wait for the end of the write that is under way.
  var storeWaiters: [CheckedContinuation<Void, Never>] = []
  var timer: EventLoop.Timer?
  /// Steady milliseconds, like `idleSince`.
  var deadline: Int64 = .max
  /// Changes that the topic's owner has not been told of.
  var untold = Fifo<MembershipChange>()
  var isTelling = false
  /// Since when it was not needed.
  var idleSince: Int64?

  init(_ state: TopicState) { self.state = state }

  /// Whether it can be closed without a loss.
  func isIdle(at now: Int64) -> Bool {
    state.isIdle(at: now) && untold.isEmpty && openWaiters.isEmpty
  }

  func resumeOpenWaiters() {
    let waiters = openWaiters
    openWaiters = []
    for waiter in waiters { waiter.resume() }
  }

  func resumeStoreWaiters() {
    let waiters = storeWaiters
    storeWaiters = []
    for waiter in waiters { waiter.resume() }
  }
}

/// Facts about a topic for those who run the server.
struct TopicSummary: Sendable {
  let name: TopicName
  let subscribers: Int
  /// Nil where nobody is shown.
  let members: Int?
  let position: Position

  init(_ state: TopicState) {
    name = state.name
    subscribers = state.subscribers.total
    members = state.presence?.count
    position = state.log.position
  }
}

extension Member {
  init(_ member: PresenceMember) {
    self.init(
      id: member.who.id, name: member.who.name, avatar: member.who.avatar,
      state: member.state == .online ? .online : .unstable, connections: member.connections,
      since: member.since)
  }
}
