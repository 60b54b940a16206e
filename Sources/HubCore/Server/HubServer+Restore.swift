internal import HubStore
internal import HubTopics
public import Primitives
public import Storage

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
