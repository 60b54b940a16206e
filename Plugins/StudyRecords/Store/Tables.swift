/// The statements of the tables. Moments are Unix seconds.
enum Tables {
  static let first = """
    CREATE TABLE study_users (
      id {id},
      -- Empty until the account of that name makes its first call.
      account BIGINT,
      username {text} NOT NULL,
      member_since BIGINT NOT NULL,
      last_seen BIGINT NOT NULL,
      -- The numbers of all and of open records, so that no list has to be counted.
      records BIGINT NOT NULL DEFAULT 0,
      open_records BIGINT NOT NULL DEFAULT 0);
    CREATE UNIQUE INDEX study_users_name ON study_users (username);
    CREATE UNIQUE INDEX study_users_account ON study_users (account);
    CREATE INDEX study_users_open ON study_users (id) WHERE open_records > 0;
    CREATE TABLE study_studys (
      id {id},
      creator_id BIGINT NOT NULL REFERENCES study_users (id),
      -- Counts the records of one user from 1, so that a page is found without passing others.
      number BIGINT NOT NULL,
      start_time BIGINT NOT NULL,
      end_time BIGINT);
    CREATE UNIQUE INDEX study_studys_number ON study_studys (creator_id, number);
    CREATE INDEX study_studys_start ON study_studys (creator_id, start_time);
    CREATE INDEX study_studys_open ON study_studys (creator_id, id) WHERE end_time IS NULL;
    -- The static table of the student check, filled by the example data alone. A number without a
    -- password stands for a system that does not answer.
    CREATE TABLE study_students (
      stu_id {text} PRIMARY KEY,
      stu_pwd TEXT);
    """
}
