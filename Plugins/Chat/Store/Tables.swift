/// The statements that create the tables.
enum Tables {
  /// The permanent rooms; all others live in memory only.
  static let first = """
    CREATE TABLE chat_chatroom (
      chatroom_id BIGINT PRIMARY KEY,
      chatroom_name TEXT NOT NULL);
    INSERT INTO chat_chatroom (chatroom_id, chatroom_name) VALUES (0, 'TEST');
    INSERT INTO chat_chatroom (chatroom_id, chatroom_name) VALUES (1, 'YOU');
    """
}
