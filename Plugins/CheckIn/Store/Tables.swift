/// The statements that create the tables. Durations are hundredths of an hour, moments Unix seconds.
enum Tables {
  static let first = """
    CREATE TABLE checkin_users (
      id {id},
      name TEXT NOT NULL,
      studentid {text} NOT NULL,
      starttime BIGINT,
      endtime BIGINT,
      weektime BIGINT NOT NULL DEFAULT 0,
      totaltime BIGINT NOT NULL DEFAULT 0,
      status BIGINT NOT NULL DEFAULT 0,
      qq TEXT,
      avatar TEXT);
    CREATE UNIQUE INDEX checkin_users_number ON checkin_users (studentid);
    -- Covers the search for the first three of a grade.
    CREATE INDEX checkin_users_week ON checkin_users (studentid, weektime, id);
    CREATE INDEX checkin_users_present ON checkin_users (id) WHERE status = 1;
    CREATE TABLE checkin_records (
      id {id},
      userid BIGINT NOT NULL REFERENCES checkin_users (id),
      starttime BIGINT NOT NULL,
      endtime BIGINT NOT NULL,
      recordstatus BIGINT NOT NULL DEFAULT 1,
      duration BIGINT NOT NULL,
      reporter TEXT NOT NULL DEFAULT '0');
    CREATE INDEX checkin_records_user ON checkin_records (userid, id);
    CREATE INDEX checkin_records_end ON checkin_records (endtime, starttime);
    CREATE TABLE checkin_exports (
      date TEXT PRIMARY KEY,
      made_at BIGINT NOT NULL,
      content {blob} NOT NULL);
    """

  /// The sessions of old clients; moments are Unix milliseconds.
  static let sessions = """
    CREATE TABLE checkin_sessions (
      name {text} PRIMARY KEY,
      studentid TEXT NOT NULL,
      ends_at BIGINT NOT NULL,
      seen_at BIGINT NOT NULL);
    CREATE INDEX checkin_sessions_end ON checkin_sessions (ends_at);
    CREATE INDEX checkin_sessions_seen ON checkin_sessions (seen_at);
    """
}
