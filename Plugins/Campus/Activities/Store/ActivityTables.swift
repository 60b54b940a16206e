/// The statements of the tables of activities and clock-ins. Moments are Unix microseconds, those
/// of the keys milliseconds.
enum ActivityTables {
  static let first = """
    CREATE TABLE campus_activities (
      id {id},
      name {text} NOT NULL,
      description TEXT NOT NULL,
      location TEXT NOT NULL,
      time_start BIGINT NOT NULL,
      time_end BIGINT NOT NULL,
      form_metas TEXT NOT NULL,
      open_for_enrollment BIGINT NOT NULL,
      participants_limit BIGINT,
      -- Counted along, so that the limit is decided by one statement.
      enrollments BIGINT NOT NULL DEFAULT 0,
      created BIGINT NOT NULL);
    CREATE UNIQUE INDEX campus_activities_name ON campus_activities (name);
    CREATE TABLE campus_enrollments (
      id {id},
      activity_id BIGINT NOT NULL REFERENCES campus_activities (id) ON DELETE CASCADE,
      user_id BIGINT NOT NULL REFERENCES campus_users (id) ON DELETE CASCADE,
      enroll_time BIGINT NOT NULL,
      participating_metas TEXT NOT NULL);
    CREATE UNIQUE INDEX campus_enrollments_pair ON campus_enrollments (activity_id, user_id);
    CREATE INDEX campus_enrollments_user ON campus_enrollments (user_id);
    CREATE TABLE campus_clockins (
      id {id},
      activity_id BIGINT NOT NULL REFERENCES campus_activities (id) ON DELETE CASCADE,
      label {text} NOT NULL,
      from_time BIGINT NOT NULL,
      to_time BIGINT NOT NULL,
      -- The secret of the current code, and the one before it, whose grace may not be over.
      current_key TEXT,
      current_key_at BIGINT,
      previous_key TEXT,
      previous_key_at BIGINT,
      records BIGINT NOT NULL DEFAULT 0,
      created BIGINT NOT NULL,
      changed BIGINT NOT NULL);
    CREATE UNIQUE INDEX campus_clockins_label ON campus_clockins (activity_id, label);
    CREATE TABLE campus_clockin_records (
      id {id},
      clockin_id BIGINT NOT NULL REFERENCES campus_clockins (id) ON DELETE CASCADE,
      user_id BIGINT NOT NULL REFERENCES campus_users (id) ON DELETE CASCADE,
      created BIGINT NOT NULL);
    CREATE UNIQUE INDEX campus_clockin_records_pair
      ON campus_clockin_records (clockin_id, user_id);
    CREATE INDEX campus_clockin_records_user ON campus_clockin_records (user_id);
    CREATE TABLE campus_clockin_staff (
      clockin_id BIGINT NOT NULL REFERENCES campus_clockins (id) ON DELETE CASCADE,
      user_id BIGINT NOT NULL REFERENCES campus_users (id) ON DELETE CASCADE,
      PRIMARY KEY (clockin_id, user_id));
    CREATE INDEX campus_clockin_staff_user ON campus_clockin_staff (user_id);
    -- Administrators who have subscribed to an activity: clock-ins are told to them on every node.
    CREATE TABLE campus_activity_followers (
      activity_id BIGINT NOT NULL REFERENCES campus_activities (id) ON DELETE CASCADE,
      account BIGINT NOT NULL,
      PRIMARY KEY (activity_id, account));
    """
}
