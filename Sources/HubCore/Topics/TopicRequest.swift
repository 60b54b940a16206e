internal import PluginKit

/// A request to the owner of a topic. No request waits for its answer; a publish names its sender.
enum TopicRequest: Sendable {
  case publish(PublishRequest)
  /// A connection has left, or is lost.
  case unsubscribe(Unsubscription)
  /// A connection has not been heard since `lastByte`, a steady time; it is heard again where that
  /// is nil.
  case silence(TopicName, ConnectionID, lastByte: Int64?)
  /// A worker has one subscriber less, whose user the owner has removed already.
  case uncount(TopicName, worker: Int)

  var topic: TopicName {
    switch self {
    case .publish(let request): request.topic
    case .unsubscribe(let request): request.topic
    case .silence(let topic, _, _), .uncount(let topic, _): topic
    }
  }
}

struct PublishRequest: Sendable {
  enum Content: Sendable {
    /// One JSON object of a member. The topic's rules make an event of it.
    case message([UInt8], from: Identity)
    case event(Event)
  }
  enum Sender: Sendable {
    /// A client, by its worker and connection; `re` is named in the reply.
    case client(worker: Int, connection: UInt64, re: RequestID?)
    /// A caller of the gateway, by the number under which it waits.
    case gateway(UInt64)
    /// No reply is wanted.
    case nobody
  }

  let topic: TopicName
  let content: Content
  /// Author and id, so that a repetition is known.
  let key: IdempotencyWindow.Key?
  let sender: Sender
}

struct PublishReply: Sendable {
  enum Outcome: Sendable {
    case stored(Position, ts: Int64)
    case refused(ClientError, message: String?)
  }
  let connection: UInt64
  let topic: TopicName
  let re: RequestID?
  let outcome: Outcome
}

/// A connection that wants to subscribe to a topic.
struct SubscribeRequest: Sendable {
  let topic: TopicName
  let connection: ConnectionID
  let worker: Int
  let who: Identity
  /// The generation of removals when the topic's owner was asked whether `who` may come in.
  let allowedAt: UInt64
  /// Names the tab across its connections.
  let session: String?
  let recover: ClientCommand.RecoveryPoint?
  let wantsPresence: Bool
}

struct SubscribeReply: Sendable {
  let position: Position
  let recovery: ServerFrame.Subscribed.Recovery?
  let events: [Publication]
  let presence: PresencePage?
}

struct Unsubscription: Sendable {
  let topic: TopicName
  let connection: ConnectionID
  let worker: Int
  let loss: PresenceTable.Loss
}

struct HistoryReply: Sendable {
  let position: Position
  let page: HistoryPage
  /// Whether there were events in front of the page, of which none is here any more.
  let isForgotten: Bool
}

extension TopicName {
  /// The number of the worker that owns the topic.
  func owner(among workers: Int) -> Int {
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
