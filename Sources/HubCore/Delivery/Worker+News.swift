// Changes of presence on their way to this worker's own subscribers.
extension Worker {
  func deliver(_ update: PresenceUpdate) {
    guard let local = locals[update.topic] else { return }
    var portions = PresenceUpdate.Portions(update)
    for subscription in local.subscriptions where subscription.wantsPresence {
      guard subscription.held == nil else {
        subscription.heldUpdates.append(update)
        continue
      }
      deliver(&portions, to: subscription)
    }
  }

  /// What has changed while a newcomer was let in.
  func deliverHeldUpdates(to subscription: Subscription) {
    let held = subscription.heldUpdates
    subscription.heldUpdates = []
    for update in held {
      var portions = PresenceUpdate.Portions(update)
      deliver(&portions, to: subscription)
    }
  }

  private func deliver(_ portions: inout PresenceUpdate.Portions, to subscription: Subscription) {
    guard portions.update.rev > subscription.presenceSince else { return }
    let frame = portions.frame(since: subscription.presenceChange)
    enqueue(frame, on: subscription.connection, conflating: nil)
  }
}
