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
}

/// A frame that cannot be a command, with what could be read of it for the `error` frame.
package struct CommandFault: Error, Equatable {
  package let error: ClientError
  package let id: RequestID?
  package let topic: TopicName?
  package let message: String
}
