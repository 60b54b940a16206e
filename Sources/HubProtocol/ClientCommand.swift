/// A request of a version-2 client, in one frame.
package struct ClientCommand: Sendable, Equatable {
  /// Named again in the answer; a frame without one gets none, unless something is wrong with it.
  package let id: RequestID?
  package let action: Action

  package enum Action: Sendable, Equatable {
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

  package struct Hello: Sendable, Equatable {
    package var token: String?
    package var client: String?
    package var session: String?
  }

  package struct SubscribeOptions: Sendable, Equatable {
    package var recover: RecoveryPoint?
    package var wantsPresence = false
    /// Several events may come in one frame.
    package var takesBatches = false

    package init(
      recover: RecoveryPoint? = nil, wantsPresence: Bool = false, takesBatches: Bool = false
    ) {
      self.recover = recover
      self.wantsPresence = wantsPresence
      self.takesBatches = takesBatches
    }
  }

  /// The last position in a topic that the client has seen.
  package struct RecoveryPoint: Sendable, Equatable {
    package var offset: UInt64
    package var epoch: String
  }

  package struct PresenceRequest: Sendable, Equatable {
    /// The revision that the client has; it needs nothing if that is the newest.
    package var rev: UInt64?
    /// Where the page before this one ended.
    package var after: UInt64?
    package var limit: Int?

    package init(rev: UInt64? = nil, after: UInt64? = nil, limit: Int? = nil) {
      self.rev = rev
      self.after = after
      self.limit = limit
    }
  }

  package struct HistoryRequest: Sendable, Equatable {
    /// Only events with a lower offset.
    package var before: UInt64?
    package var limit: Int?
  }
}

/// A frame that cannot be a command, with what could be read of it for the `error` frame.
package struct CommandFault: Error, Equatable {
  package let error: ClientError
  package let id: RequestID?
  package let topic: TopicName?
  package let message: String
}
