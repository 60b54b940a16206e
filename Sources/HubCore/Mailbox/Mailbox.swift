internal import HubTopics
internal import Loop
internal import Primitives

/// Handles the messages of a worker: the worker itself.
protocol MessageHandler: Actor {
  func handle(_ message: WorkerMessage)
}

/// The messages of one worker: those for its neighbours, collected during a turn and handed over
/// with one wake-up each, and those that the neighbours have sent.
///
/// Not `Sendable`: it belongs to one worker.
final class Mailbox<Handler: MessageHandler> {
  /// The inboxes of all workers in their order.
  private let inboxes: [WorkerInbox]
  private let own: Int
  private var outgoing: [[WorkerMessage]]
  private var hasOutgoing = false

  init(_ inboxes: [WorkerInbox], of worker: Int) {
    self.inboxes = inboxes
    own = worker
    outgoing = [[WorkerMessage]](repeating: [], count: inboxes.count)
  }

  /// Sends a message at the end of the turn; one to ourselves is handled at once.
  func post(_ message: WorkerMessage, to worker: Int, on handler: isolated Handler) {
    if worker == own { return handler.handle(message) }
    outgoing[worker].append(message)
    hasOutgoing = true
  }

  /// Asks a topic's owner to do something.
  func post(_ request: TopicRequest, on handler: isolated Handler) {
    post(.request(request), to: request.topic.owner(among: inboxes.count), on: handler)
  }

  /// Hands over the messages of this turn.
  func deliver() {
    guard hasOutgoing else { return }
    hasOutgoing = false
    for worker in outgoing.indices where !outgoing[worker].isEmpty {
      inboxes[worker].receive(outgoing[worker])
      outgoing[worker].removeAll(keepingCapacity: true)
    }
  }

  /// Handles what the neighbours have sent, in the order of each.
  func handleReceived(on handler: isolated Handler) {
    for message in inboxes[own].takeAll() { handler.handle(message) }
  }
}

/// The end of a worker's mailbox that other threads reach.
final class WorkerInbox: Sendable {
  private let loop: EventLoop
  private let messages = Locked<[WorkerMessage]>([])

  init(wakes loop: EventLoop) { self.loop = loop }

  func receive(_ received: [WorkerMessage]) {
    messages.withLock { $0.append(contentsOf: received) }
    loop.wake()
  }

  fileprivate func takeAll() -> [WorkerMessage] {
    messages.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}
