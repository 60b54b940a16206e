/// A request of a version-2 client, in one frame.
struct ClientCommand: Sendable, Equatable {
  /// Named again in the answer; a frame without one gets none, unless something is wrong with it.
  let id: RequestID?
  let action: Action

  enum Action: Sendable, Equatable {
    case hello(Hello)
    case ping(ts: RequestID?)
    /// The `ts` of the ping that this answers.
    case pong(t: Int64?)
    case subscribe(TopicName, SubscribeOptions)
    case unsubscribe(TopicName)
    /// The payload, a JSON object, is left where it stands in the frame.
    case publish(TopicName, data: Range<Int>)
    case presence(TopicName, PresenceRequest)
    case history(TopicName, HistoryRequest)
    case status
    case refresh(token: String)
    case bye
    /// Not a frame of the hub's: error 104, unless a plugin handles frames of this type.
    case other(type: String, TopicName?, data: Range<Int>?)
  }

  struct Hello: Sendable, Equatable {
    var token: String?
    var client: String?
    var session: String?
  }

  struct SubscribeOptions: Sendable, Equatable {
    var recover: RecoveryPoint?
    var wantsPresence = false
    /// Several events may come in one frame.
    var takesBatches = false
  }

  /// The last position in a topic that the client has seen.
  struct RecoveryPoint: Sendable, Equatable {
    var offset: UInt64
    var epoch: String
  }

  struct PresenceRequest: Sendable, Equatable {
    /// The revision that the client has; it needs nothing if that is the newest.
    var rev: UInt64?
    /// Where the page before this one ended.
    var after: UInt64?
    var limit: Int?
  }

  struct HistoryRequest: Sendable, Equatable {
    /// Only events with a lower offset.
    var before: UInt64?
    var limit: Int?
  }
}

/// A frame that cannot be a command, with what could be read of it for the `error` frame.
struct CommandFault: Error, Equatable {
  let error: ClientError
  let id: RequestID?
  let topic: TopicName?
  let message: String
}
