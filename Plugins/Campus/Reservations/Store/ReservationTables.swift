/// The statements of the tables of meeting rooms and their reservations. Moments are Unix
/// microseconds.
enum ReservationTables {
  static let first = """
    CREATE TABLE campus_meetingrooms (
      id {id},
      name TEXT NOT NULL,
      location TEXT NOT NULL,
      seats_count BIGINT NOT NULL,
      label TEXT NOT NULL,
      description TEXT NOT NULL);
    -- The room is busy from `reserve_from` to just before `reserve_to`.
    CREATE TABLE campus_reservations (
      id {id},
      room_id BIGINT NOT NULL REFERENCES campus_meetingrooms (id) ON DELETE CASCADE,
      user_id BIGINT NOT NULL REFERENCES campus_users (id) ON DELETE CASCADE,
      reserve_from BIGINT NOT NULL,
      reserve_to BIGINT NOT NULL,
      description TEXT NOT NULL,
      created BIGINT NOT NULL);
    CREATE INDEX campus_reservations_room ON campus_reservations (room_id, reserve_from);
    CREATE INDEX campus_reservations_from ON campus_reservations (reserve_from);
    CREATE INDEX campus_reservations_to ON campus_reservations (reserve_to);
    CREATE INDEX campus_reservations_user ON campus_reservations (user_id);
    """
}
