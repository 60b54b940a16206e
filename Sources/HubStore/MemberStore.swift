package import HubProtocol
package import PluginKit
package import Storage

/// The members of topics in the database, so that no restart makes them leave.
package struct MemberStore: Sendable {
  package struct Place: Hashable, Sendable {
    package let topic: TopicName
    package let user: String

    package init(topic: TopicName, user: String) {
      self.topic = topic
      self.user = user
    }

    package static func == (a: Place, b: Place) -> Bool {
      a.topic == b.topic && a.user.hasSameBytes(as: b.user)
    }
  }

  package struct Row: Sendable, Equatable {
    package let who: Identity
    /// Unix milliseconds.
    package let since: Int64

    package init(who: Identity, since: Int64) {
      self.who = who
      self.since = since
    }
  }

  /// A change of one user in a topic.
  package enum Change: Sendable, Equatable {
    case came(Row)
    case went
  }

  /// Milliseconds.
  private static let windows = 0...86_400_000

  package let store: any Store
  /// Names the process in the table of signs of life.
  package let node: String

  package init(store: any Store, node: String) {
    self.store = store
    self.node = node
  }

  package func write(_ changes: [Place: Change]) async throws {
    try await store.write { tx in
      for (place, change) in changes where place.user.isStorable {
        switch change {
        case .came(let row): try MemberStore.insert(row, place, tx)
        case .went:
          try tx.execute(
            "DELETE FROM hub_members WHERE topic = ? AND member = ?", place.topic.description,
            place.user)
        }
      }
    }
  }

  private static func insert(_ row: Row, _ place: Place, _ tx: Transaction) throws {
    try tx.execute(
      """
      INSERT INTO hub_members (topic, member, account, name, avatar, since)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (topic, member) DO UPDATE SET name = excluded.name, avatar = excluded.avatar
      """, place.topic.description, place.user, row.who.account, row.who.name.storable,
      row.who.avatar.storable, row.since)
  }

  /// Those who were there when the server was last alive. None of them if that is longer ago
  /// than `milliseconds`: it is not to be expected then that they still try to come back.
  package func read(at now: Int64, within milliseconds: Int64) async throws -> [(Place, Row)] {
    let node = node
    let rows = try await store.write { tx -> [Storage.Row] in
      let sign = try tx.first("SELECT at FROM hub_signs_of_life WHERE node = ?", node)
      let last = try sign?.unixMilliseconds("at") ?? now
      if now - last > milliseconds { try tx.execute("DELETE FROM hub_members") }
      return try tx.query("SELECT * FROM hub_members ORDER BY since")
    }
    return try rows.compactMap(MemberStore.parse)
  }

  /// Nil for a topic whose name is none in this version.
  private static func parse(_ row: Storage.Row) throws -> (Place, Row)? {
    guard let topic = TopicName(try row.text("topic")) else { return nil }
    let user = try row.text("member")
    let (name, avatar) = (try row.text("name"), try row.text("avatar"))
    let who =
      if let account = try row.optionalInt("account") {
        Identity(account: Int64(account), name: name, avatar: avatar, roles: [])
      } else {
        Identity(guest: String(user.dropFirst(2)), name: name, avatar: avatar)
      }
    let since = try row.unixMilliseconds("since")
    return (Place(topic: topic, user: user), Row(who: who, since: since))
  }

  /// Notes that the server is alive at `now`, and over how many milliseconds its clients would
  /// spread their return.
  package func sign(at now: Int64, window: Int) async throws {
    try await store.execute(
      """
      INSERT INTO hub_signs_of_life (node, at, reconnect_window) VALUES (?, ?, ?)
      ON CONFLICT (node) DO UPDATE SET at = excluded.at, reconnect_window = excluded.reconnect_window
      """, node, now, window)
  }

  /// Over how many milliseconds the clients spread their return whom this server had last.
  package func lastWindow() async throws -> Int {
    try await store.first("SELECT reconnect_window FROM hub_signs_of_life WHERE node = ?", node)?
      .int("reconnect_window", in: MemberStore.windows) ?? 0
  }
}

extension String {
  /// PostgreSQL has no text with a zero in it. One such name must not keep all others out.
  package var isStorable: Bool { !utf8.contains(0) }

  package var storable: String { isStorable ? self : String(filter { $0 != "\0" }) }
}
