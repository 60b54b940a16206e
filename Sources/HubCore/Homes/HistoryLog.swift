internal import PluginKit
public import Storage

/// What the store knows of a topic.
struct StoredTopic: Sendable {
  struct Event: Sendable {
    let offset: UInt64
    let ts: Int64
    let author: String?
    let id: String?
    let data: [UInt8]
  }

  var epoch: String
  var offset: UInt64 = 0
  /// Oldest first.
  var events: [Event] = []
}

/// The history of stored topics in the database. An event is acknowledged after it is in here.
struct HistoryLog: Sendable {
  static let owner = "hub_history"
  static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE hub_topics (
        name TEXT PRIMARY KEY, epoch TEXT NOT NULL, last_offset BIGINT NOT NULL);
      CREATE TABLE hub_events (
        topic TEXT NOT NULL, position BIGINT NOT NULL, at BIGINT NOT NULL, author TEXT,
        message_id TEXT, data {blob} NOT NULL, PRIMARY KEY (topic, position));
      CREATE TABLE hub_members (
        topic TEXT NOT NULL, account BIGINT NOT NULL, session TEXT, until BIGINT NOT NULL)
      """),
    Migration(
      2,
      """
      DROP TABLE hub_members;
      CREATE TABLE hub_members (
        topic {text} NOT NULL, member {text} NOT NULL, account BIGINT, name TEXT NOT NULL,
        avatar TEXT NOT NULL, since BIGINT NOT NULL, PRIMARY KEY (topic, member));
      CREATE TABLE hub_signs_of_life (node {text} PRIMARY KEY, at BIGINT NOT NULL)
      """),
    Migration(
      3,
      """
      CREATE TABLE hub_webhook_states (
        subject {text} PRIMARY KEY, name TEXT NOT NULL, avatar TEXT NOT NULL);
      CREATE TABLE hub_webhooks (
        id {id}, subject {text} NOT NULL, delivery TEXT NOT NULL, kind TEXT NOT NULL,
        body {blob} NOT NULL, created_at BIGINT NOT NULL, due_at BIGINT NOT NULL,
        failures BIGINT NOT NULL);
      CREATE INDEX hub_webhooks_order ON hub_webhooks (subject, id);
      CREATE INDEX hub_webhooks_due ON hub_webhooks (due_at)
      """),
  ]

  let store: any Store

  /// Reads a topic; `epoch` is taken if it was never stored before.
  func open(_ topic: TopicName, _ rule: TopicRules.History, _ epoch: String) async throws
    -> StoredTopic
  {
    guard case .stream(let count, _, _) = rule else { return StoredTopic(epoch: epoch) }
    let name = topic.description
    return try await store.write { tx in
      guard let head = try tx.first("SELECT * FROM hub_topics WHERE name = ?", name) else {
        try tx.execute(
          "INSERT INTO hub_topics (name, epoch, last_offset) VALUES (?, ?, 0)", name, epoch)
        return StoredTopic(epoch: epoch)
      }
      let rows = try tx.query(
        """
        SELECT position, at, author, message_id, data FROM hub_events
        WHERE topic = ? ORDER BY position DESC LIMIT ?
        """, name, count)
      return StoredTopic(
        epoch: try head.text("epoch"), offset: UInt64(try head.int("last_offset")),
        events: try rows.reversed().map { try StoredTopic.Event($0) })
    }
  }

  /// Adds events of one topic, in order, and forgets what the topic's rule no longer keeps.
  func append(
    _ publications: [Publication], _ keys: [IdempotencyWindow.Key?], _ rule: TopicRules.History
  ) async throws {
    guard let last = publications.last, case .stream(let count, let seconds, _) = rule else {
      return
    }
    let topic = last.topic.description
    try await store.write { tx in
      for (publication, key) in zip(publications, keys) {
        try tx.execute(
          """
          INSERT INTO hub_events (topic, position, at, author, message_id, data)
          VALUES (?, ?, ?, ?, ?, ?)
          """, topic, Int64(publication.offset), publication.ts, publication.author, key?.id,
          Array(publication.data))
      }
      try tx.execute(
        "UPDATE hub_topics SET last_offset = ? WHERE name = ?", Int64(last.offset), topic)
      // Now and then, not with each event.
      guard last.offset / 64 != publications[0].offset.advanced(by: -1) / 64 else { return }
      try tx.execute(
        "DELETE FROM hub_events WHERE topic = ? AND (position <= ? OR at < ?)", topic,
        Int64(last.offset) - Int64(count), last.ts - Int64(seconds) * 1000)
    }
  }
}

extension HubServer {
  /// Makes the hub's own tables, or brings them up to date.
  public static func migrate(_ store: any Store) async throws {
    try await store.migrate(HistoryLog.owner, HistoryLog.migrations)
  }
}

extension StoredTopic.Event {
  fileprivate init(_ row: Row) throws {
    self.init(
      offset: UInt64(try row.int("position")), ts: Int64(try row.int("at")),
      author: try row.optionalText("author"), id: try row.optionalText("message_id"),
      data: try row.blob("data"))
  }
}
