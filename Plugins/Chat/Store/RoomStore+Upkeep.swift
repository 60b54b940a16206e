internal import PluginKit
internal import Storage

// Bookings and processes whose time is over.
extension RoomStore {
  struct Due: Sendable {
    /// Rooms with a booking that is over, or that are over themselves.
    var rooms: [String] = []
    /// Processes that no longer extend their lease.
    var instances: [String] = []
    var hasDepartures = false
  }

  func due(at now: Int64) async throws -> Due {
    try await database.read { tx in
      var due = Due()
      due.rooms = try tx.query("SELECT name FROM chat_rooms WHERE next_end <= ?", now)
        .map { try $0.text("name") }
      due.instances = try tx.query("SELECT id FROM chat_instances WHERE until <= ?", now)
        .map { try $0.text("id") }
      due.hasDepartures =
        try tx.first("SELECT 1 AS found FROM chat_departures WHERE until <= ? LIMIT 1", now) != nil
      return due
    }
  }

  func forgetDepartures(before now: Int64) async throws {
    try await database.execute("DELETE FROM chat_departures WHERE until <= ?", now)
  }

  /// Extends the lease of a process: until then its guests are known to be connected.
  func extendLease(of instance: String, until: Int64) async throws {
    try await database.execute(
      """
      INSERT INTO chat_instances (id, until) VALUES (?, ?)
      ON CONFLICT (id) DO UPDATE SET until = excluded.until
      """, instance, until)
  }

  /// Ends the lease of a process that stops.
  func endLease(of instance: String) async throws {
    try await database.execute("UPDATE chat_instances SET until = 0 WHERE id = ?", instance)
  }

  /// Ends all leases. SQLite belongs to one process, so at its start all others are gone.
  func endAllLeases() async throws {
    try await database.execute("UPDATE chat_instances SET until = 0")
  }

  func forget(instance: String) async throws {
    try await database.execute("DELETE FROM chat_instances WHERE id = ?", instance)
  }

  /// The rooms in which a process has guests.
  func rooms(of instance: String) async throws -> [String] {
    try await database.query(
      "SELECT DISTINCT room FROM chat_occupants WHERE instance = ? ORDER BY room", instance
    ).map { try $0.text("room") }
  }

  /// The accounts in all rooms, with the room and the name of the seat.
  func accounts() async throws -> [(room: String, occupant: String, user: String)] {
    try await database.query(
      """
      SELECT room, occupant, user_name FROM chat_occupants
      WHERE instance = '' AND is_entered = 1 ORDER BY room, occupant
      """
    ).map { (try $0.text("room"), try $0.text("occupant"), try $0.text("user_name")) }
  }
}
