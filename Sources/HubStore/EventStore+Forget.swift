package import HubProtocol
internal import HubTopics
internal import PluginKit
internal import Storage

// Deleting events that no rule keeps: `append` forgets only in the topic that it appends to.
extension EventStore {
  private static let page = 50

  /// Deletes the events of a topic up to `offset`. Numbering goes on behind it.
  package func forget(_ topic: TopicName, through offset: UInt64) async throws {
    try await store.execute(
      "DELETE FROM hub_events WHERE topic = ? AND position <= ?", topic.description,
      Int64(clamping: offset))
  }

  /// Deletes what has expired by `now`, and the places of topics that are empty and not in use.
  ///
  /// - Parameter age: for how many seconds a topic keeps its events; nil for a topic without an owner,
  ///   whose plugin may be switched off for a while.
  package func sweep(
    at now: Int64, age: (String) -> Int?, isInUse: (String) async -> Bool
  ) async throws {
    var last = ""
    while true {
      let names = try await store.query(
        "SELECT name FROM hub_topics WHERE name > ? ORDER BY name LIMIT ?", last, EventStore.page
      ).map { try $0.text("name") }
      guard let end = names.last else { return }
      try await sweep(names, at: now, age, isInUse)
      last = end
    }
  }

  private func sweep(
    _ names: [String], at now: Int64, _ age: (String) -> Int?, _ isInUse: (String) async -> Bool
  ) async throws {
    var expired: [(name: String, before: Int64)] = []
    var unused: [String] = []
    for name in names {
      guard let seconds = age(name) else { continue }
      // Repetitions have to be known for a while, even where less is kept.
      let kept = max(Int64(clamping: seconds) * 1000, IdempotencyWindow.standardMilliseconds)
      expired.append((name, now - kept))
      if await !isInUse(name) { unused.append(name) }
    }
    try await store.write { [expired, unused] tx in
      for (name, before) in expired {
        try tx.execute("DELETE FROM hub_events WHERE topic = ? AND at < ?", name, before)
      }
      for name in unused {
        try tx.execute(
          """
          DELETE FROM hub_topics WHERE name = ?
          AND NOT EXISTS (SELECT 1 FROM hub_events WHERE topic = hub_topics.name)
          """, name)
      }
    }
  }
}
