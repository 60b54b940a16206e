internal import JSON
internal import PluginKit
internal import Storage

/// Contact cards and colleagues.
struct ContactStore: Sendable {
  private static let columns = """
    c.id AS card_id, c.department, c.post, c.qq, c.wechat, c.tel, c.phone, c.description,
    f.friend_id, \(CampusUser.columns)
    """
  private static let tables = """
    \(CampusUser.tables) JOIN campus_contacts c ON c.user_id = u.id
    LEFT JOIN campus_friends f ON f.user_id = ?1 AND f.friend_id = u.id
    """

  let users: UserStore
  private var store: any Store { users.store }

  /// The contacts that a list shows.
  enum Selection: Sendable {
    case all
    case colleagues
    /// Colleagues, and the department of the caller.
    case colleaguesAndDepartment
  }

  func list(_ selection: Selection, for caller: Int64) async throws -> [Contact] {
    let department = "(SELECT department FROM campus_users WHERE id = ?1)"
    let condition =
      switch selection {
      case .all: ""
      case .colleagues: "WHERE f.friend_id IS NOT NULL"
      case .colleaguesAndDepartment:
        "WHERE f.friend_id IS NOT NULL OR u.department = \(department)"
      }
    let rows = try await store.query(
      """
      SELECT \(ContactStore.columns) FROM \(ContactStore.tables) \(condition) ORDER BY c.id
      """, caller)
    return try await contacts(rows)
  }

  /// The telephone numbers of those users who have named one.
  func phones(of wanted: Set<Int64>) async throws -> [Int64: String] {
    guard !wanted.isEmpty else { return [:] }
    let rows = try await store.query(
      "SELECT user_id, phone FROM campus_contacts WHERE phone IS NOT NULL AND phone <> ''")
    var phones: [Int64: String] = [:]
    for row in rows where wanted.contains(try row.int64("user_id")) {
      phones[try row.int64("user_id")] = try row.text("phone")
    }
    return phones
  }

  /// By the id of the card.
  func find(_ id: Int64, for caller: Int64) async throws -> Contact? {
    let rows = try await store.query(
      "SELECT \(ContactStore.columns) FROM \(ContactStore.tables) WHERE c.id = ?2", caller, id)
    return try await contacts(rows).first
  }

  /// A user's own card, which is made when it is asked for the first time.
  func own(of user: Int64) async throws -> Contact? {
    let rows = try await store.write { tx in
      try tx.execute(
        "INSERT INTO campus_contacts (user_id) VALUES (?) ON CONFLICT (user_id) DO NOTHING", user)
      return try tx.query(
        "SELECT \(ContactStore.columns) FROM \(ContactStore.tables) WHERE u.id = ?1", user)
    }
    return try await contacts(rows).first
  }

  /// Takes the fields of an input into a user's own card. Throws the documented 400.
  func change(_ input: CallInput, of user: Int64) async throws {
    try await store.write { tx in
      try tx.execute(
        "INSERT INTO campus_contacts (user_id) VALUES (?) ON CONFLICT (user_id) DO NOTHING", user)
      let row = try tx.first(
        "SELECT \(ContactCard.columns) FROM campus_contacts WHERE user_id = ?", user)
      guard var card = try row.map({ try ContactCard($0) }) else { return }
      var fields = FieldReader(input)
      card.take(&fields)
      try fields.check()
      try tx.execute(
        """
        UPDATE campus_contacts SET department = ?, post = ?, qq = ?, wechat = ?, tel = ?,
          phone = ?, description = ? WHERE user_id = ?
        """, card.department, card.post, card.qq, card.wechat, card.tel, card.phone,
        card.description, user)
    }
  }

  private func contacts(_ rows: [Row]) async throws -> [Contact] {
    var contacts = try rows.map { row in
      Contact(
        id: try row.int64("card_id"), user: try CampusUser(row), card: try ContactCard(row),
        isFriend: try row.optionalInt("friend_id") != nil)
    }
    let users = try await users.complete(contacts.map(\.user))
    for (index, user) in users.enumerated() { contacts[index].user = user }
    return contacts
  }
}

// Colleagues: pairs in one direction.
extension ContactStore {
  enum Adding: Sendable {
    case added
    case addedBefore
    case unknownUser
  }

  func add(_ friend: Int64, to user: Int64) async throws -> Adding {
    try await store.write { tx in
      let row = try tx.first("SELECT 1 AS one FROM campus_users WHERE id = ?", friend)
      guard row != nil else { return .unknownUser }
      let added = try tx.execute(
        """
        INSERT INTO campus_friends (user_id, friend_id) VALUES (?, ?)
        ON CONFLICT (user_id, friend_id) DO NOTHING
        """, user, friend)
      return added == 1 ? .added : .addedBefore
    }
  }

  /// False if they were no colleagues.
  func remove(_ friend: Int64, from user: Int64) async throws -> Bool {
    try await store.execute(
      "DELETE FROM campus_friends WHERE user_id = ? AND friend_id = ?", user, friend) > 0
  }
}
