internal import Loop
internal import PluginKit
internal import Primitives

/// What workers send each other, collected per turn and handed over with one wake-up.
enum Letter: Sendable {
  /// To a topic's home: number this, keep it, send it on.
  case publish(PublishOrder)
  /// To a worker that has subscribers: here is an event.
  case deliver(Publication)
  /// To a worker that has subscribers: the presence of a topic has changed.
  case presence(PresenceNews)
  /// Back to whoever ordered: what became of it.
  case answer(PublishAnswer)
  /// Everything that is rare.
  case perform(@Sendable (isolated Worker) -> Void)
}

/// A wish to publish, on its way to the topic's home.
struct PublishOrder: Sendable {
  enum Content: Sendable {
    /// What a member sent: one JSON object. The topic's rules make an event of it.
    case message([UInt8], from: Identity)
    case event(Event)
  }
  enum Sender: Sendable {
    /// A client, by its worker and connection; `re` is named in the answer.
    case client(worker: Int, connection: UInt64, re: Echo?)
    case caller(CheckedContinuation<Position, any Error>)
    /// Nobody waits for it.
    case nobody
  }

  let topic: TopicName
  let content: Content
  /// Who and under which id, so that a repetition is known.
  let key: IdempotencyWindow.Key?
  let sender: Sender
}

struct PublishAnswer: Sendable {
  enum Outcome: Sendable {
    case stored(Position, ts: Int64)
    case refused(ClientError, message: String?)
  }
  let connection: UInt64
  let topic: TopicName
  let re: Echo?
  let outcome: Outcome
}

extension Worker {
  /// Puts a letter where it goes out at the end of the turn; one to ourselves is read at once.
  func post(_ letter: Letter, to worker: Int) {
    if worker == index { return read(letter) }
    outgoing[worker].append(letter)
    hasOutgoing = true
  }

  /// To all workers, this one too.
  func postToAll(_ letter: Letter) {
    for worker in outgoing.indices { post(letter, to: worker) }
  }

  /// Hands over what has gathered in this turn.
  func deliverLetters() {
    guard hasOutgoing else { return }
    hasOutgoing = false
    for worker in outgoing.indices where !outgoing[worker].isEmpty {
      neighbours[worker].receive(outgoing[worker])
      outgoing[worker].removeAll(keepingCapacity: true)
    }
  }

  nonisolated func receive(_ letters: [Letter]) {
    inbox.withLock { $0.append(contentsOf: letters) }
    loop.wake()
  }

  /// Reads what the neighbours have sent, in the order of each.
  func readLetters() {
    let letters = inbox.withLock { inbox in
      defer { inbox = [] }
      return inbox
    }
    for letter in letters { read(letter) }
  }

  private func read(_ letter: Letter) {
    switch letter {
    case .publish(let order): take(order)
    case .deliver(let publication): deliver(publication)
    case .presence(let news): deliver(news)
    case .answer(let answer): tell(answer)
    case .perform(let action): action(self)
    }
  }

  /// The worker that alone numbers a topic's events and knows its members.
  nonisolated func home(of topic: TopicName) -> Int {
    neighbours.count == 1 ? 0 : Int(topic.stableHash % UInt64(neighbours.count))
  }
}

extension TopicName {
  /// FNV-1a: the same in every process, unlike `Hasher`.
  var stableHash: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in description.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return hash
  }
}
