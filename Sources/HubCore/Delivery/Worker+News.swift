// Changes of presence on their way to this worker's own subscribers.
extension Worker {
  func deliver(_ news: PresenceNews) {
    guard let local = locals[news.topic] else { return }
    var portions = PresenceNews.Portions(news)
    for subscription in local.subscriptions where subscription.wantsPresence {
      guard subscription.held == nil else {
        subscription.heldNews.append(news)
        continue
      }
      deliver(&portions, to: subscription)
    }
  }

  /// What has changed while a newcomer was let in.
  func deliverHeldNews(to subscription: Subscription) {
    let held = subscription.heldNews
    subscription.heldNews = []
    for news in held {
      var portions = PresenceNews.Portions(news)
      deliver(&portions, to: subscription)
    }
  }

  private func deliver(_ portions: inout PresenceNews.Portions, to subscription: Subscription) {
    guard portions.news.rev > subscription.presenceSince else { return }
    let frame = portions.frame(since: subscription.presenceChange)
    enqueue(frame, on: subscription.connection, conflating: nil)
  }
}
