internal import Loop
internal import Primitives

/// The messages of one worker: those for its neighbours, collected during a turn and handed over
/// with one wake-up each, and those that the neighbours have sent.
///
/// Not `Sendable`: it belongs to one worker.
final class Mailbox {
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

  /// Keeps a message until `deliver`.
  func post(_ message: WorkerMessage, to worker: Int) {
    outgoing[worker].append(message)
    hasOutgoing = true
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

  /// Takes out the received messages, those of each neighbour in their order.
  func takeReceived() -> [WorkerMessage] { inboxes[own].takeAll() }
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
