package import HubProtocol
package import HubTopics
package import PluginKit
package import Storage

/// The history of stored topics in the database. An event is acknowledged after it is in here.
package struct EventStore: Sendable {
  /// Of events in the table, and after them there is room for as many again.
  private static let offsets = 0...1 << 62

  package let store: any Store

  package init(store: any Store) {
    self.store = store
  }

  fileprivate static func offset(_ row: Row) throws -> UInt64 {
    UInt64(try row.int("position", in: offsets))
  }

  /// Reads a topic; `epoch` is taken if it was never stored before.
  package func open(
    _ topic: TopicName, _ rule: TopicRules.History, _ epoch: String, at now: Int64
  ) async throws -> StoredTopic {
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
        SELECT position, at, author, data FROM hub_events
        WHERE topic = ? AND length(data) > 0 AND position BETWEEN ? AND ?
        ORDER BY position DESC LIMIT ?
        """, name, 1, EventStore.offsets.upperBound, count)
      return StoredTopic(
        epoch: try head.text("epoch"),
        offset: UInt64(try head.int("last_offset", in: EventStore.offsets)),
        events: try rows.reversed().map { try StoredTopic.Event($0) },
        marks: try EventStore.marks(of: name, at: now, tx))
    }
  }

  /// As many as the window of ids holds, whatever the topic keeps of its history.
  private static func marks(
    of topic: String, at now: Int64, _ tx: Transaction
  ) throws -> [StoredTopic.Mark] {
    try tx.query(
      """
      SELECT position, at, author, message_id FROM hub_events
      WHERE topic = ? AND message_id IS NOT NULL AND at > ? ORDER BY position DESC LIMIT ?
      """, topic, now - IdempotencyWindow.standardMilliseconds, IdempotencyWindow.standardCapacity
    ).reversed().map { row in
      StoredTopic.Mark(
        key: .init(author: try row.optionalText("author") ?? "", id: try row.text("message_id")),
        offset: try EventStore.offset(row), ts: try row.unixMilliseconds("at"))
    }
  }

  /// Adds events of one topic, in order, and forgets what the topic's rule no longer keeps.
  package func append(_ batch: StoreBatch, _ rule: TopicRules.History) async throws {
    guard let first = batch.entries.first?.publication, let last = batch.entries.last?.publication,
      case .stream(let count, let seconds, _) = rule
    else { return }
    let topic = last.topic.description
    try await store.write { tx in
      for entry in batch.entries {
        let publication = entry.publication
        try tx.execute(
          """
          INSERT INTO hub_events (topic, position, at, author, message_id, data)
          VALUES (?, ?, ?, ?, ?, ?)
          """, topic, Int64(publication.offset), publication.ts, publication.author?.storable,
          entry.key?.id.storable, Array(publication.data))
      }
      // Its place may have been deleted while the topic was empty.
      try tx.execute(
        """
        INSERT INTO hub_topics (name, epoch, last_offset) VALUES (?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET last_offset = excluded.last_offset
        """, topic, batch.epoch, Int64(last.offset))
      // Now and then, not with each event.
      guard last.offset / 64 != (first.offset - 1) / 64 else { return }
      try EventStore.forget(
        topic, through: Int64(last.offset) - Int64(count), before: last.ts - Int64(seconds) * 1000,
        last, tx)
    }
  }

  /// Events that a topic no longer keeps lose their payload at once; their rows go when their ids
  /// cannot be repeated any more.
  private static func forget(
    _ topic: String, through position: Int64, before time: Int64, _ last: Publication,
    _ tx: Transaction
  ) throws {
    try tx.execute(
      """
      DELETE FROM hub_events WHERE topic = ? AND (position <= ? OR at < ?)
      AND (message_id IS NULL OR at <= ? OR position <= ?)
      """, topic, position, time, last.ts - IdempotencyWindow.standardMilliseconds,
      Int64(last.offset) - Int64(IdempotencyWindow.standardCapacity))
    try tx.execute(
      """
      UPDATE hub_events SET data = '' WHERE topic = ? AND (position <= ? OR at < ?)
      AND length(data) > 0
      """, topic, position, time)
  }
}

extension StoredTopic.Event {
  fileprivate init(_ row: Row) throws {
    self.init(
      offset: try EventStore.offset(row), ts: try row.unixMilliseconds("at"),
      author: try row.optionalText("author"),
      data: try row.blob("data"))
  }
}
