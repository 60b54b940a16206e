/// The statements that create the tables.
enum Tables {
  /// The names of the permanent rooms, read at each start.
  static let first = """
    CREATE TABLE chat_chatroom (
      chatroom_id BIGINT PRIMARY KEY,
      chatroom_name TEXT NOT NULL);
    INSERT INTO chat_chatroom (chatroom_id, chatroom_name) VALUES (0, 'TEST');
    INSERT INTO chat_chatroom (chatroom_id, chatroom_name) VALUES (1, 'YOU');
    """

  /// All rooms with their seats. Moments are Unix milliseconds.
  static let rooms = """
    CREATE TABLE chat_rooms (
      id {id},
      name {text} NOT NULL,
      is_permanent BIGINT NOT NULL,
      was_entered BIGINT NOT NULL,
      empty_until BIGINT,
      next_end BIGINT);
    CREATE UNIQUE INDEX chat_rooms_name ON chat_rooms (name);
    CREATE INDEX chat_rooms_end ON chat_rooms (next_end);
    CREATE TABLE chat_seats (
      id {id},
      room {text} NOT NULL,
      user_name {text} NOT NULL,
      avatar TEXT NOT NULL,
      account BIGINT,
      addresses TEXT NOT NULL,
      booked_until BIGINT,
      is_booking BIGINT NOT NULL);
    CREATE UNIQUE INDEX chat_seats_user ON chat_seats (room, user_name);
    -- A guest has a row for each connection, an account one row without a connection.
    CREATE TABLE chat_occupants (
      room {text} NOT NULL,
      occupant {text} NOT NULL,
      connection {text} NOT NULL,
      instance {text} NOT NULL,
      user_name {text} NOT NULL,
      is_entered BIGINT NOT NULL,
      PRIMARY KEY (room, occupant, connection));
    CREATE INDEX chat_occupants_instance ON chat_occupants (instance);
    CREATE TABLE chat_departures (
      room {text} NOT NULL,
      user_name {text} NOT NULL,
      account BIGINT,
      addresses TEXT NOT NULL,
      until BIGINT NOT NULL,
      PRIMARY KEY (room, user_name));
    CREATE INDEX chat_departures_until ON chat_departures (until);
    -- The processes with guests, each with a lease that it extends while it lives.
    CREATE TABLE chat_instances (
      id {text} PRIMARY KEY,
      until BIGINT NOT NULL);
    """
}
