internal import HubProtocol
internal import HubTopics

/// A message from one worker to another. All of them are values, without a closure or a waiter, so
/// that a worker may be on another node.
enum WorkerMessage: Sendable {
  /// To the owner of a topic.
  case request(TopicRequest)
  /// To the worker of a publisher: the outcome.
  case reply(PublishReply)
  /// To a worker with subscribers: an event of their topic.
  case event(Publication)
  /// To a worker with subscribers: the presence of their topic has changed.
  case presence(PresenceUpdate)
  /// To a worker with subscribers: one of their users was removed.
  case removal(Removal)
  /// To the first worker: a change that webhooks may report.
  case webhook(WebhookReport)
}

/// A user that a topic's owner has removed from it.
struct Removal: Sendable {
  let topic: TopicName
  let user: String
  /// The connections of that moment; nil where the owner does not know them. A connection that
  /// comes in later is not meant.
  let connections: [ConnectionID]?
}
