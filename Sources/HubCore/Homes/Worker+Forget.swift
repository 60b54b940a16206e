internal import PluginKit

// Deleting history: of a topic that has ended, and what has expired.
extension Worker {
  func isOpen(_ topic: TopicName) -> Bool { homes[topic] != nil }

  /// Deletes the history of a topic up to now. Throws `TopicRefusal` and `StoreError`.
  func forgetHistory(of topic: TopicName) async throws {
    let home = try await open(topic)
    let through = home.topic.forgetHistory()
    guard home.isStored else { return }
    // A write that is under way would bring events back behind the deletion.
    while home.isStoring && home.topic.offset < through {
      await withCheckedContinuation { home.storeWaiters.append($0) }
    }
    // Less where the store has refused events: their numbers are given anew.
    try await house.historyLog.forget(topic, through: min(through, home.topic.offset))
  }
}

extension HubServer {
  /// Deletes expired events of all topics, and topics of which nothing is left. For a daily job.
  func sweepHistory(at now: Int64) async throws {
    try await house.historyLog.sweep(
      at: now,
      age: { [house] name in
        guard let topic = TopicName(name), let rules = house.topics.value(for: topic),
          case .stream(_, let seconds, _) = rules.history
        else { return nil }
        return seconds
      },
      isInUse: { [workers] name in
        guard let topic = TopicName(name), let first = workers.first else { return true }
        let home = workers[first.home(of: topic)]
        return await home.isOpen(topic)
      })
  }
}
