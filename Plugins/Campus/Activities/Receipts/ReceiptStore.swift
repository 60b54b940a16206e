internal import Bytes
internal import Crypto
internal import JSON
internal import Storage

/// Signed receipts of clock-ins. The key is made with the first receipt and stays.
struct ReceiptStore: Sendable {
  let store: any Store

  /// The receipt of a user's record on an item; nil without a record.
  ///
  /// Its text is the same each time, so that two receipts of one record can be compared.
  func receipt(of user: Int64, on clockin: Int64) async throws -> JSONValue? {
    let row = try await store.first(
      """
      SELECT r.id, r.created, i.label, a.id AS activity, a.name, u.username,
        u.last_name || u.first_name AS full_name
      FROM campus_clockin_records r JOIN campus_clockins i ON i.id = r.clockin_id
      JOIN campus_activities a ON a.id = i.activity_id JOIN campus_users u ON u.id = r.user_id
      WHERE r.user_id = ? AND r.clockin_id = ?
      """, user, clockin)
    guard let row else { return nil }
    let text = JSONValue.object([
      "record": .int(try row.int64("id")), "activity": .int(try row.int64("activity")),
      "activity_name": .string(try row.text("name")), "label": .string(try row.text("label")),
      "username": .string(try row.text("username")),
      "fullname": .string(try row.text("full_name")),
      "created": .string(Moment(microseconds: try row.int64("created")).text),
    ]).encoded()
    let signature = try await key().signature(of: text)
    return [
      "receipt": .string(String(decoding: text, as: UTF8.self)),
      "signature": .string(Base64.standard.encode(signature)), "algorithm": "Ed25519",
    ]
  }

  /// Two nodes that come here at the same moment get one key: the first row counts.
  func key() async throws -> SigningKey {
    if let key = try await stored() { return key }
    let seed = SigningKey().seed
    try await store.execute(
      "INSERT INTO campus_receipt_keys (id, seed) VALUES (1, ?) ON CONFLICT (id) DO NOTHING", seed)
    guard let key = try await stored() else {
      throw StoreError(.mismatch, "the key of receipts is missing")
    }
    return key
  }

  private func stored() async throws -> SigningKey? {
    let row = try await store.first("SELECT seed FROM campus_receipt_keys WHERE id = 1")
    return try row.flatMap { SigningKey(seed: try $0.blob("seed")) }
  }
}
