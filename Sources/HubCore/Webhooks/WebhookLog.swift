internal import Bytes
internal import Crypto
internal import HubStore
internal import JSON
internal import PluginKit
internal import Storage

/// The outbox of webhooks in the database: what the receiver is to be told, and what of that has
/// been put there last of each subject. Both change in one step, so that a crash leaves no gap.
struct WebhookLog: Sendable {
  struct Waiting: Sendable {
    let id: Int
    let subject: String
    /// Names the delivery; the same however often it is tried.
    let delivery: String
    let kind: String
    let body: [UInt8]
    let createdAt: Int64
    let failures: Int
  }

  enum Outcome: Sendable {
    case delivered
    case failed(nextAt: Int64)
    case givenUp
  }

  /// More is not accepted, and nothing is lost: the ledger knows what is missing.
  static let capacity = 50_000

  let store: any Store

  /// Those whom the receiver believes to be there.
  func states() async throws -> [(WebhookSubject, WebhookLedger.Person?)] {
    try await store.query("SELECT * FROM hub_webhook_states").compactMap { row in
      guard let subject = WebhookSubject(try row.text("subject")) else { return nil }
      guard case .user = subject else { return (subject, nil) }
      return (subject, .init(name: try row.text("name"), avatar: try row.text("avatar")))
    }
  }

  /// Puts notices into the outbox; those of kinds that nobody wants only change the states.
  /// - Parameter wall: what is added to the notices' times to make Unix milliseconds of them.
  /// - Returns: false if there is no room.
  func record(
    _ notices: [WebhookLedger.Notice], _ kinds: Set<WebhookRules.Kind>, wall: Int64
  ) async throws -> Bool {
    try await store.write { tx in
      guard try WebhookLog.hasRoom(for: notices.count, tx) else { return false }
      for notice in notices {
        try WebhookLog.note(notice, tx)
        let kind = notice.subject.kind(isThere: notice.isThere)
        if kinds.contains(kind) { try WebhookLog.insert(notice, kind, notice.at + wall, tx) }
      }
      return true
    }
  }

  /// Puts an event of a plugin into the outbox; false if there is no room.
  func record(_ event: Event, about subject: String, at now: Int64) async throws -> Bool {
    let delivery = Random.uuid()
    var fields: JSONObject = [
      "id": .string(delivery), "event": .string(event.name), "at": .int(now),
    ]
    for (key, value) in event.fields { fields[key] = value }
    let body = JSONValue.object(fields).encoded()
    return try await store.write { tx in
      guard try WebhookLog.hasRoom(for: 1, tx) else { return false }
      try WebhookLog.insert(body, delivery, event.name, about: "plugin:\(subject)", now, tx)
      return true
    }
  }

  private static func hasRoom(for count: Int, _ tx: Transaction) throws -> Bool {
    let waiting = try tx.first("SELECT count(*) AS total FROM hub_webhooks")?.int("total") ?? 0
    return waiting + count <= capacity
  }

  private static func note(_ notice: WebhookLedger.Notice, _ tx: Transaction) throws {
    guard notice.isThere else {
      try tx.execute("DELETE FROM hub_webhook_states WHERE subject = ?", notice.subject.text)
      return
    }
    try tx.execute(
      """
      INSERT INTO hub_webhook_states (subject, name, avatar) VALUES (?, ?, ?)
      ON CONFLICT (subject) DO UPDATE SET name = excluded.name, avatar = excluded.avatar
      """, notice.subject.text, (notice.person?.name ?? "").storable,
      (notice.person?.avatar ?? "").storable)
  }

  private static func insert(
    _ notice: WebhookLedger.Notice, _ kind: WebhookRules.Kind, _ at: Int64, _ tx: Transaction
  ) throws {
    let delivery = Random.uuid()
    try insert(
      notice.body(delivery, kind, at), delivery, kind.rawValue, about: notice.subject.text, at, tx)
  }

  private static func insert(
    _ body: [UInt8], _ delivery: String, _ kind: String, about subject: String, _ at: Int64,
    _ tx: Transaction
  ) throws {
    try tx.execute(
      """
      INSERT INTO hub_webhooks (subject, delivery, kind, body, created_at, due_at, failures)
      VALUES (?, ?, ?, ?, ?, ?, 0)
      """, subject, delivery, kind, body, at, at)
  }

  private static let isFirst =
    "NOT EXISTS (SELECT 1 FROM hub_webhooks AS b WHERE b.subject = a.subject AND b.id < a.id)"

  /// The due deliveries, only the first of each subject.
  ///
  /// - Parameter latest: a delivery that is due later than this was put off by a clock that was wrong.
  func due(at now: Int64, latest: Int64, limit: Int) async throws -> [Waiting] {
    try await store.query(
      """
      SELECT * FROM hub_webhooks AS a WHERE (due_at <= ? OR due_at > ?) AND \(WebhookLog.isFirst)
      ORDER BY id LIMIT ?
      """, now, latest, limit
    ).map { row in
      Waiting(
        id: try row.int("id"), subject: try row.text("subject"),
        delivery: try row.text("delivery"), kind: try row.text("kind"),
        body: try row.blob("body"), createdAt: try row.unixMilliseconds("created_at"),
        failures: try row.int("failures", in: WebhookPatience.failures))
    }
  }

  func note(_ outcomes: [(Waiting, Outcome)]) async throws {
    try await store.write { tx in
      for (waiting, outcome) in outcomes {
        switch outcome {
        case .delivered, .givenUp:
          try tx.execute("DELETE FROM hub_webhooks WHERE id = ?", waiting.id)
        case .failed(let due):
          try tx.execute(
            "UPDATE hub_webhooks SET failures = failures + 1, due_at = ? WHERE id = ?", due,
            waiting.id)
        }
      }
    }
  }

  /// How much waits, and when the next of it is due.
  func outlook() async throws -> (waiting: Int, nextDue: Int64?) {
    let count = try await store.first("SELECT count(*) AS total FROM hub_webhooks")
    let next = try await store.first(
      "SELECT min(due_at) AS due FROM hub_webhooks AS a WHERE \(WebhookLog.isFirst)")
    return (try count?.int("total") ?? 0, try next?.optionalUnixMilliseconds("due"))
  }
}

extension WebhookLedger.Notice {
  func body(_ delivery: String, _ kind: WebhookRules.Kind, _ at: Int64) -> [UInt8] {
    var fields: JSONObject = [
      "id": .string(delivery), "event": .string(kind.rawValue), "at": .int(at),
    ]
    switch subject {
    case .user(let id):
      fields["user"] = [
        "id": .string(id), "name": .string(person?.name ?? ""),
        "avatar": .string(person?.avatar ?? ""),
      ]
    case .topic(let name): fields["topic"] = .string(name)
    }
    return JSONValue.object(fields).encoded()
  }
}
