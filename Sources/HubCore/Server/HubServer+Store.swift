internal import HubProtocol
internal import HubStore
internal import HubTopics
internal import Loop
internal import PluginHost
internal import PluginKit
public import Primitives
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

// Members across a restart.
extension HubServer {
  /// After a longer absence no member is expected.
  private static let longestAbsence: Int64 = 600_000

  /// Over how many milliseconds those spread their return who were here before the start.
  func lastWindow() async -> Int {
    do {
      return try await shared.topics.memberStore.lastWindow()
    } catch {
      shared.log.error("nobody knows when those will be back who were here", ["reason": "\(error)"])
      return 0
    }
  }

  /// Hands the members that the store knows to the owners of their topics.
  func expectMembers(within time: Int64) async {
    do {
      let now = workers[0].loop.time.unixMilliseconds
      let members = try await shared.topics.memberStore.read(at: now, within: Self.longestAbsence)
      try await shared.topics.memberStore.sign(at: now, window: shared.window.toStore)
      let parts = Dictionary(grouping: members) { $0.0.topic.owner(among: workers.count) }
      for (worker, part) in parts { await workers[worker].expect(part, within: time) }
    } catch {
      shared.log.error("nobody knows who was here before", ["reason": "\(error)"])
    }
  }
}

extension HubServer {
  /// Under this name the versions of the hub's own tables are kept.
  public static var historyOwner: String { HubTables.owner }

  /// Gives every stored topic a new epoch. Events after the copy that a database was restored from
  /// are lost, and their numbers are given anew: clients must not take one for the other.
  public static func renewEpochs(
    _ store: any Store, random: any RandomSource = SystemRandom()
  ) async throws {
    // A copy may be of an older version.
    try await migrate(store)
    try await store.write { tx in
      for row in try tx.query("SELECT name FROM hub_topics") {
        try tx.execute(
          "UPDATE hub_topics SET epoch = ? WHERE name = ?",
          TopicLog.epoch(random.next()), try row.text("name"))
      }
    }
  }
}
