internal import JSON
internal import Storage

/// The clock-in items, their keys and their records.
struct ClockinStore: Sendable {
  /// A record as it was stored.
  struct Recorded: Sendable {
    let id: Int64
    let clockin: Int64
    let activity: Int64
    let activityName: String
    let label: String
    let user: Int64
    let fullName: String
    let created: Moment
    /// The records of the item with this one.
    let total: Int64
    /// The record was there before, and its user was seen by a second look.
    var isConfirmed = false
  }

  /// A record as it was removed.
  struct Removed: Sendable {
    let clockin: Int64
    let activity: Int64
    let label: String
    let user: Int64
    let fullName: String
    /// The moment that the record had.
    let created: Moment
    /// The records of the item without this one.
    let total: Int64
  }

  let store: any Store

  func item(_ id: Int64) async throws -> ClockinItem? {
    try await store.read { tx in try tx.clockin(id) }
  }

  /// The item with a current key, and whether this call has made it.
  ///
  /// Nodes that come here at the same moment get one key: the first transaction makes it.
  func rotate(
    _ id: Int64, at now: Int64
  ) async throws -> (item: ClockinItem, isNew: Bool)? {
    guard let found = try await item(id) else { return nil }
    guard found.keys.isDue(at: now) else { return (found, false) }
    let key = ClockinKeys.makeKey()
    return try await store.write { tx in
      guard var item = try tx.clockin(id) else { return nil }
      guard item.keys.isDue(at: now) else { return (item, false) }
      item.keys = item.keys.rotated(to: key, at: now)
      try tx.save(item.keys, of: id)
      return (item, true)
    }
  }

  /// Records the scan of a code. Throws the documented refusals in their order.
  ///
  /// - Parameters:
  ///   - activity: the activity that the path of the call names.
  ///   - arrival: the moment at which the scan arrived; a later rotation does not count.
  ///   - device: the digest of what tells phones apart.
  func record(
    _ code: QRText, by user: Int64, activity: Int64? = nil, arrivedAt arrival: Int64,
    device: String? = nil
  ) async throws -> Recorded {
    guard activity == nil || activity == code.activity else { throw ClockinRefusal.badCode }
    return try await store.write { tx in
      let item = try tx.scannedItem(code, arrivedAt: arrival)
      return try tx.clockIn(user, on: item, arrivedAt: arrival, device: device)
    }
  }

  /// The items of an activity with the user's own records, in the documented order; nil if there
  /// is no such activity.
  func overview(of activity: Int64, for user: Int64) async throws -> [JSONValue]? {
    try await store.read { tx in
      guard try tx.activity(activity) != nil else { return nil }
      return try tx.query(
        """
        SELECT i.label, (SELECT count(*) FROM campus_clockin_records r
          WHERE r.clockin_id = i.id AND r.user_id = ?) AS is_done
        FROM campus_clockins i WHERE i.activity_id = ? ORDER BY i.from_time, i.id
        """, user, activity
      ).map { row in
        ["label": .string(try row.text("label")), "is_clockin": .bool(try row.bool("is_done"))]
      }
    }
  }
}

extension Transaction {
  func clockin(_ id: Int64) throws -> ClockinItem? {
    try first("SELECT \(ClockinItem.columns) FROM campus_clockins i WHERE i.id = ?", id)
      .map { try ClockinItem($0) }
  }

  /// The item of a code that is good. Throws the documented refusals of codes.
  func scannedItem(_ code: QRText, arrivedAt arrival: Int64) throws -> ClockinItem {
    let row = try first(
      """
      SELECT \(ClockinItem.columns) FROM campus_clockins i
      WHERE i.activity_id = ? AND i.label = ?
      """, code.activity, code.label)
    guard let item = try row.map({ try ClockinItem($0) }) else { throw ClockinRefusal.badCode }
    switch item.keys.judge(code.key, arrivedAt: arrival) {
    case .good: return item
    case .expired: throw ClockinRefusal.expired
    case .wrong: throw ClockinRefusal.badCode
    }
  }

  /// Records a scan of a good code. Throws the documented refusals of people, in their order.
  func clockIn(
    _ user: Int64, on item: ClockinItem, arrivedAt arrival: Int64, device: String?
  ) throws -> ClockinStore.Recorded {
    let moment = Moment(milliseconds: arrival)
    guard item.isOpen(at: moment) else {
      throw try refused(ClockinRefusal.outOfTime, item)
    }
    guard try isEnrolled(user, in: item.activity) else {
      throw try refused(ClockinRefusal.notEnrolled, item)
    }
    let isSeen = try noteLook(of: user, on: item.id, at: arrival)
    if let recorded = try record(user, on: item, at: moment, device: device) { return recorded }
    guard isSeen, let found = try existingRecord(of: user, on: item) else {
      throw ClockinRefusal.repeated
    }
    return found
  }

  private func existingRecord(
    of user: Int64, on item: ClockinItem
  ) throws -> ClockinStore.Recorded? {
    let row = try first(
      """
      SELECT r.id, r.created, a.name, u.last_name || u.first_name AS full_name
      FROM campus_clockin_records r JOIN campus_users u ON u.id = r.user_id
      JOIN campus_activities a ON a.id = ? WHERE r.clockin_id = ? AND r.user_id = ?
      """, item.activity, item.id, user)
    return try row.map { row in
      ClockinStore.Recorded(
        id: try row.int64("id"), clockin: item.id, activity: item.activity,
        activityName: try row.text("name"), label: item.label, user: user,
        fullName: try row.text("full_name"),
        created: Moment(microseconds: try row.int64("created")), total: item.records,
        isConfirmed: true)
    }
  }

  private func refused(_ refusal: Refusal, _ item: ClockinItem) throws -> RefusedScan {
    RefusedScan(
      refusal: refusal, item: item, activityName: try activity(item.activity)?.name ?? "")
  }

  fileprivate func save(_ keys: ClockinKeys, of item: Int64) throws {
    try execute(
      """
      UPDATE campus_clockins SET current_key = ?, current_key_at = ?, previous_key = ?,
        previous_key_at = ? WHERE id = ?
      """, keys.current?.text, keys.current?.createdAt, keys.previous?.text,
      keys.previous?.createdAt, item)
  }

  /// Nil if the user has a record on this item already.
  func record(
    _ user: Int64, on item: ClockinItem, at moment: Moment, device: String? = nil
  ) throws -> ClockinStore.Recorded? {
    let inserted = try first(
      """
      INSERT INTO campus_clockin_records (clockin_id, user_id, created, device)
      VALUES (?, ?, ?, ?) ON CONFLICT (clockin_id, user_id) DO NOTHING RETURNING id
      """, item.id, user, moment.microseconds, device)
    guard let inserted else { return nil }
    let counted = try first(
      "UPDATE campus_clockins SET records = records + 1 WHERE id = ? RETURNING records", item.id)
    let names = try first(
      """
      SELECT u.last_name || u.first_name AS full_name, a.name
      FROM campus_users u, campus_activities a WHERE u.id = ? AND a.id = ?
      """, user, item.activity)
    guard let counted, let names else {
      throw StoreError(.mismatch, "the user or the activity of a record is missing")
    }
    return ClockinStore.Recorded(
      id: try inserted.int64("id"), clockin: item.id, activity: item.activity,
      activityName: try names.text("name"), label: item.label, user: user,
      fullName: try names.text("full_name"), created: moment,
      total: try counted.int64("records"))
  }
}
