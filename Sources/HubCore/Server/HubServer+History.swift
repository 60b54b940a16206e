internal import HubProtocol
internal import HubStore
internal import HubTopics
internal import PluginHost
internal import PluginKit
public import Storage

extension HubServer {
  /// Makes the hub's own tables, or brings them up to date.
  public static func migrate(_ store: any Store) async throws {
    try await store.migrate(HubTables.owner, HubTables.migrations)
    try await AuditTable.migrate(store)
  }
}

extension HubServer {
  /// Deletes expired events of all topics, and topics of which nothing is left. For a daily job.
  func sweepHistory(at now: Int64) async throws {
    try await shared.topics.eventStore.sweep(
      at: now,
      age: { [shared] name in
        guard let topic = TopicName(name), let rules = shared.topics.rules.value(for: topic),
          case .stream(_, let seconds, _) = rules.history
        else { return nil }
        return seconds
      },
      isInUse: { [workers] name in
        guard let topic = TopicName(name), !workers.isEmpty else { return true }
        return await workers[topic.owner(among: workers.count)].isOpen(topic)
      })
  }
}
