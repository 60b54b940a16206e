package import HubProtocol
package import PluginKit

/// A request to the owner of a topic. No request waits for its answer; a publish names its sender.
package enum TopicRequest: Sendable {
  case publish(PublishRequest)
  /// A connection has left, or is lost.
  case unsubscribe(Unsubscription)
  /// A connection has not been heard since `lastByte`, a steady time; it is heard again where that
  /// is nil.
  case silence(TopicName, ConnectionID, lastByte: Int64?)
  /// A worker has one subscriber less, whose user the owner has removed already.
  case uncount(TopicName, worker: Int)

  package var topic: TopicName {
    switch self {
    case .publish(let request): request.topic
    case .unsubscribe(let request): request.topic
    case .silence(let topic, _, _), .uncount(let topic, _): topic
    }
  }
}

package struct PublishRequest: Sendable {
  package enum Content: Sendable {
    /// One JSON object of a member. The topic's rules make an event of it.
    case message([UInt8], from: Identity)
    case event(Event)
  }
  package enum Sender: Sendable {
    /// A client, by its worker and connection; `re` is named in the reply.
    case client(worker: Int, connection: UInt64, re: RequestID?)
    /// A caller of the gateway, by the number under which it waits.
    case gateway(UInt64)
    /// No reply is wanted.
    case nobody
  }

  package let topic: TopicName
  package let content: Content
  /// Author and id, so that a repetition is known.
  package let key: IdempotencyWindow.Key?
  package let sender: Sender

  package init(topic: TopicName, content: Content, key: IdempotencyWindow.Key?, sender: Sender) {
    self.topic = topic
    self.content = content
    self.key = key
    self.sender = sender
  }
}

package struct PublishReply: Sendable {
  package enum Outcome: Sendable {
    case stored(Position, ts: Int64)
    case refused(ClientError, message: String?)
  }
  package let connection: UInt64
  package let topic: TopicName
  package let re: RequestID?
  package let outcome: Outcome

  package init(connection: UInt64, topic: TopicName, re: RequestID?, outcome: Outcome) {
    self.connection = connection
    self.topic = topic
    self.re = re
    self.outcome = outcome
  }
}

/// A connection that wants to subscribe to a topic.
package struct SubscribeRequest: Sendable {
  package let topic: TopicName
  package let connection: ConnectionID
  package let worker: Int
  package let who: Identity
  /// The generation of removals when the topic's owner was asked whether `who` may come in.
  package let allowedAt: UInt64
  /// Names the tab across its connections.
  package let session: String?
  package let recover: ClientCommand.RecoveryPoint?
  package let wantsPresence: Bool

  package init(
    topic: TopicName, connection: ConnectionID, worker: Int, who: Identity, allowedAt: UInt64,
    session: String?, recover: ClientCommand.RecoveryPoint?, wantsPresence: Bool
  ) {
    self.topic = topic
    self.connection = connection
    self.worker = worker
    self.who = who
    self.allowedAt = allowedAt
    self.session = session
    self.recover = recover
    self.wantsPresence = wantsPresence
  }
}

package struct SubscribeReply: Sendable {
  package let position: Position
  package let recovery: ServerFrame.Subscribed.Recovery?
  package let events: [Publication]
  package let presence: PresencePage?
}

package struct Unsubscription: Sendable {
  package let topic: TopicName
  package let connection: ConnectionID
  package let worker: Int
  package let loss: PresenceTable.Loss

  package init(topic: TopicName, connection: ConnectionID, worker: Int, loss: PresenceTable.Loss) {
    self.topic = topic
    self.connection = connection
    self.worker = worker
    self.loss = loss
  }
}

package struct HistoryReply: Sendable {
  package let position: Position
  package let page: HistoryPage
  /// Whether there were events in front of the page, of which none is here any more.
  package let isForgotten: Bool
}

extension TopicName {
  /// The number of the worker that owns the topic.
  package func owner(among workers: Int) -> Int {
    workers > 1 ? Int(stableHash % UInt64(workers)) : 0
  }

  /// FNV-1a: the same in every process, unlike `Hasher`.
  private var stableHash: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in description.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return hash
  }
}
