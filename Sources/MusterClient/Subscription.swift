/// A topic that is followed until `close()`; kept across reconnects.
public final class Subscription: Sendable {
  public let topic: String
  /// The events of the topic. For one reader; it ends when the subscription or the client does.
  /// Nothing is dropped: what is not read is kept.
  public let news: AsyncStream<TopicNews>
  // The client lives as long as any of its subscriptions.
  private let hub: Muster

  init(_ topic: String, _ news: AsyncStream<TopicNews>, _ hub: Muster) {
    self.topic = topic
    self.news = news
    self.hub = hub
  }

  /// Leaves the topic.
  public func close() async { await hub.unsubscribe(topic) }
}
