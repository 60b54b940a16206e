internal import PluginKit
internal import Storage

/// The rooms and seats in the database. Every decision on a seat is one unit of work there, so that
/// of two servers that claim the same seat exactly one gets it.
struct RoomStore: Sendable {
  let database: any Store

  /// Loads a room, lets `decide` change it, and stores the result, all as one unit of work.
  ///
  /// `decide` may run more than once and changes nothing but the rooms.
  func change<Answer: Sendable>(
    _ room: String, capacity: Int, _ decide: @escaping @Sendable (inout Rooms) -> Answer
  ) async throws -> (Answer, [RoomChange]) {
    try await database.write { tx in
      let before = try tx.loadRoom(room, capacity: capacity)
      var after = before
      let answer = decide(&after)
      let changes = after.takeChanges()
      try tx.saveRoom(room, before: before, after: after)
      return (answer, changes)
    }
  }

  /// All rooms in the order of their creation, the permanent ones first.
  func list() async throws -> [(name: String, population: Int)] {
    try await database.query(
      """
      SELECT name, (SELECT count(*) FROM chat_seats WHERE room = chat_rooms.name) AS population
      FROM chat_rooms ORDER BY is_permanent DESC, id
      """
    ).map { (try $0.text("name"), try $0.int("population")) }
  }

  func contains(_ room: String) async throws -> Bool {
    try await database.first("SELECT 1 AS found FROM chat_rooms WHERE name = ?", room) != nil
  }

  /// The users in a room, in the order of their seats.
  func members(of room: String) async throws -> [ChatUser] {
    try await database.query(
      """
      SELECT user_name, avatar FROM chat_seats WHERE room = ?1 AND EXISTS (
        SELECT 1 FROM chat_occupants WHERE room = ?1 AND user_name = chat_seats.user_name
          AND is_entered = 1)
      ORDER BY id
      """, room
    ).map { ChatUser(name: try $0.text("user_name"), avatar: try $0.text("avatar")) }
  }

  /// Whether an occupant is in a room, by this connection if it is a guest.
  func standing(
    _ room: String, as occupant: String, on connection: String?
  ) async throws -> Rooms.Standing {
    let row = try await database.first(
      """
      SELECT is_entered FROM chat_occupants WHERE room = ? AND occupant = ? AND connection = ?
      """, room, occupant, connection ?? "")
    if let row, try row.bool("is_entered") { return .inside }
    return try await contains(room) ? .notThere : .noRoom
  }

  /// Whether the occupant has a seat and so may subscribe.
  func isAdmitted(_ room: String, as occupant: String) async throws -> Bool {
    try await database.first(
      "SELECT 1 AS found FROM chat_occupants WHERE room = ? AND occupant = ? LIMIT 1", room,
      occupant) != nil
  }

  /// Brings the permanent rooms up to date with the table of their names. A permanent room without
  /// seats is created anew by its next occupant, once per start.
  func prepare(permanent names: [String]) async throws {
    try await database.write { tx in
      let known = try tx.query("SELECT name FROM chat_rooms WHERE is_permanent = 1")
        .map { try $0.text("name") }
      for name in known where !names.contains(name) {
        try tx.execute(
          "UPDATE chat_rooms SET is_permanent = 0, empty_until = 0, next_end = 0 WHERE name = ?",
          name)
      }
      for name in names where !known.contains(name) {
        try tx.execute(
          """
          INSERT INTO chat_rooms (name, is_permanent, was_entered) VALUES (?, 1, 0)
          ON CONFLICT (name) DO UPDATE SET is_permanent = 1, empty_until = NULL
          """, name)
      }
      try tx.execute(
        """
        UPDATE chat_rooms SET was_entered = 0 WHERE is_permanent = 1 AND was_entered = 1
          AND NOT EXISTS (SELECT 1 FROM chat_seats WHERE room = chat_rooms.name)
        """)
    }
  }
}
