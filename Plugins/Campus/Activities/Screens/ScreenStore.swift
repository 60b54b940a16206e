internal import Storage

/// The screens that show codes, and which of them is stale.
struct ScreenStore: Sendable {
  /// A report as it was stored. A screen that has just become stale, or current again, has changed.
  struct Reported: Sendable {
    let screen: Screen
    let hasChanged: Bool
  }

  let store: any Store

  /// Takes the report of a screen; nil if there is no such item. Throws a 400 for one screen too
  /// many.
  ///
  /// - Parameter shown: the moment at which the code on it was made; nil while it shows none.
  func report(
    _ id: String, of clockin: Int64, by user: Int64, showing shown: Int64?, at now: Int64
  ) async throws -> Reported? {
    try await store.write { tx in
      guard let item = try tx.clockin(clockin) else { return nil }
      let known = try tx.first(
        "SELECT state FROM campus_screens WHERE id = ? AND clockin_id = ?", id, clockin)
      if known == nil { try tx.requireRoom(for: clockin) }
      let isCurrent = shown.map { item.keys.counts(shownSince: $0, at: now) } ?? false
      let state: Screen.State = isCurrent ? .current : .outdated
      try tx.execute(
        """
        INSERT INTO campus_screens (id, clockin_id, user_id, state, since, seen)
        VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (id, clockin_id) DO UPDATE
        SET user_id = excluded.user_id, state = excluded.state, seen = excluded.seen
        """, id, clockin, user, state.rawValue, now)
      let screen = try tx.screen(id, of: clockin).orMissing()
      let before = try known?.text("state") ?? Screen.State.current.rawValue
      let wasStale = before != Screen.State.current.rawValue
      return Reported(screen: screen, hasChanged: wasStale != screen.isStale)
    }
  }

  /// Marks the screens that have been silent for too long. Returns those that were current.
  func markSilent(at now: Int64) async throws -> [Screen] {
    let latest = now - Screen.silenceMilliseconds
    let isThere = try await store.first(
      "SELECT 1 AS one FROM campus_screens WHERE seen <= ? AND state <> 'silent' LIMIT 1", latest)
    guard isThere != nil else { return [] }
    return try await store.write { tx in
      let screens = try tx.query(
        """
        SELECT \(Screen.columns) FROM \(Screen.tables)
        WHERE s.seen <= ? AND s.state = 'current' ORDER BY s.seen
        """, latest
      ).map { try Screen($0) }
      try tx.execute(
        "UPDATE campus_screens SET state = 'silent' WHERE seen <= ? AND state <> 'silent'", latest)
      try tx.execute(
        "DELETE FROM campus_screens WHERE seen <= ?", now - Screen.keptMilliseconds)
      return screens
    }
  }

  func list() async throws -> [Screen] {
    try await store.query(
      "SELECT \(Screen.columns) FROM \(Screen.tables) ORDER BY s.clockin_id, s.since, s.id"
    ).map { try Screen($0) }
  }

  /// How many there are, and how many of them are stale.
  func counts() async throws -> (all: Int, stale: Int) {
    let row = try await store.first(
      """
      SELECT count(*) AS number, coalesce(sum(CASE state WHEN 'current' THEN 0 ELSE 1 END), 0)
        AS stale FROM campus_screens
      """)
    return (try row?.int("number") ?? 0, try row?.int("stale") ?? 0)
  }

  /// False if there is none; `user` is the only one who may end it, if it is given.
  func end(_ id: String, of clockin: Int64, by user: Int64? = nil) async throws -> Bool {
    let own = user == nil ? "" : "AND user_id = ?"
    let rows = try await store.query(
      "DELETE FROM campus_screens WHERE id = ? AND clockin_id = ? \(own) RETURNING id",
      arguments: [.text(id), .int(clockin)] + (user.map { [.int($0)] } ?? []))
    return !rows.isEmpty
  }
}

extension Transaction {
  fileprivate func screen(_ id: String, of clockin: Int64) throws -> Screen? {
    try first(
      "SELECT \(Screen.columns) FROM \(Screen.tables) WHERE s.id = ? AND s.clockin_id = ?", id,
      clockin
    ).map { try Screen($0) }
  }

  fileprivate func requireRoom(for clockin: Int64) throws {
    let row = try first(
      "SELECT count(*) AS number FROM campus_screens WHERE clockin_id = ?", clockin)
    guard try row?.int("number") ?? 0 < Screen.mostOfItem else {
      throw Refusal.detail("该打卡项的屏幕过多。")
    }
  }
}
