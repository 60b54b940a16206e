/// The statements of the directory's tables. Moments are Unix microseconds, those of tokens
/// milliseconds as everywhere in the accounts.
enum DirectoryTables {
  static let first = """
    CREATE TABLE campus_departments (
      id {id},
      name {text} NOT NULL);
    CREATE UNIQUE INDEX campus_departments_name ON campus_departments (name);
    -- Passwords, mail addresses and roles belong to the accounts.
    CREATE TABLE campus_users (
      id {id},
      -- Empty until the account of that name is seen for the first time.
      account BIGINT,
      username {text} NOT NULL,
      first_name TEXT NOT NULL,
      last_name TEXT NOT NULL,
      department BIGINT REFERENCES campus_departments (id) ON DELETE SET NULL,
      wechat_open_id {text},
      date_joined BIGINT NOT NULL);
    CREATE UNIQUE INDEX campus_users_account ON campus_users (account);
    CREATE UNIQUE INDEX campus_users_name ON campus_users (username);
    CREATE UNIQUE INDEX campus_users_wechat ON campus_users (wechat_open_id);
    CREATE INDEX campus_users_department ON campus_users (department);
    CREATE TABLE campus_contacts (
      id {id},
      user_id BIGINT NOT NULL REFERENCES campus_users (id) ON DELETE CASCADE,
      department TEXT, post TEXT, qq TEXT, wechat TEXT, tel TEXT, phone TEXT, description TEXT);
    CREATE UNIQUE INDEX campus_contacts_user ON campus_contacts (user_id);
    CREATE TABLE campus_friends (
      user_id BIGINT NOT NULL REFERENCES campus_users (id) ON DELETE CASCADE,
      friend_id BIGINT NOT NULL REFERENCES campus_users (id) ON DELETE CASCADE,
      PRIMARY KEY (user_id, friend_id));
    CREATE INDEX campus_friends_friend ON campus_friends (friend_id);
    CREATE TABLE campus_tokens (
      id {id},
      digest {blob} NOT NULL,
      user_id BIGINT NOT NULL REFERENCES campus_users (id) ON DELETE CASCADE,
      issued_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL);
    CREATE UNIQUE INDEX campus_tokens_digest ON campus_tokens (digest);
    CREATE INDEX campus_tokens_user ON campus_tokens (user_id);
    CREATE INDEX campus_tokens_expiry ON campus_tokens (expires_at);
    -- The static exchange of codes, filled by the example data alone.
    CREATE TABLE campus_wechat_codes (
      code {text} PRIMARY KEY,
      open_id {text} NOT NULL);
    """
}
