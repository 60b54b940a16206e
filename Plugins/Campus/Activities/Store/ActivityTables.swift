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

  static let screens = """
    -- Moments of screens are Unix milliseconds.
    CREATE TABLE campus_screens (
      id {text} NOT NULL,
      clockin_id BIGINT NOT NULL REFERENCES campus_clockins (id) ON DELETE CASCADE,
      user_id BIGINT NOT NULL REFERENCES campus_users (id) ON DELETE CASCADE,
      state TEXT NOT NULL,
      since BIGINT NOT NULL,
      seen BIGINT NOT NULL,
      PRIMARY KEY (id, clockin_id));
    CREATE INDEX campus_screens_item ON campus_screens (clockin_id);
    CREATE INDEX campus_screens_user ON campus_screens (user_id);
    CREATE INDEX campus_screens_seen ON campus_screens (seen);
    """

  static let scans = """
    -- The digest of the phone that scanned, for those that say it.
    ALTER TABLE campus_clockin_records ADD COLUMN device TEXT;
    -- Scans of good codes by phones that were not logged in. Moments are Unix milliseconds.
    CREATE TABLE campus_held_scans (
      digest {blob} PRIMARY KEY,
      clockin_id BIGINT NOT NULL REFERENCES campus_clockins (id) ON DELETE CASCADE,
      arrived BIGINT NOT NULL);
    CREATE INDEX campus_held_scans_item ON campus_held_scans (clockin_id);
    CREATE INDEX campus_held_scans_arrived ON campus_held_scans (arrived);
    """

  static let corrections = """
    CREATE INDEX campus_clockin_records_device ON campus_clockin_records (device);
    CREATE TABLE campus_corrections (
      id {id},
      clockin_id BIGINT NOT NULL REFERENCES campus_clockins (id) ON DELETE CASCADE,
      user_id BIGINT NOT NULL REFERENCES campus_users (id) ON DELETE CASCADE,
      kind TEXT NOT NULL,
      record_at BIGINT NOT NULL,
      reason TEXT NOT NULL,
      actor TEXT NOT NULL,
      at BIGINT NOT NULL,
      undone_at BIGINT);
    CREATE INDEX campus_corrections_item ON campus_corrections (clockin_id, user_id);
    CREATE INDEX campus_corrections_user ON campus_corrections (user_id);
    """

  static let receipts = """
    CREATE TABLE campus_receipt_keys (id BIGINT PRIMARY KEY, seed {blob} NOT NULL);
    """

  static let attendance = """
    -- Second looks. Moments are Unix milliseconds.
    CREATE TABLE campus_looks (
      id {id},
      clockin_id BIGINT NOT NULL REFERENCES campus_clockins (id) ON DELETE CASCADE,
      opens BIGINT NOT NULL,
      closes BIGINT NOT NULL,
      told BIGINT NOT NULL);
    CREATE INDEX campus_looks_item ON campus_looks (clockin_id, opens);
    CREATE TABLE campus_looked (
      look_id BIGINT NOT NULL REFERENCES campus_looks (id) ON DELETE CASCADE,
      user_id BIGINT NOT NULL REFERENCES campus_users (id) ON DELETE CASCADE,
      at BIGINT NOT NULL,
      PRIMARY KEY (look_id, user_id));
    CREATE INDEX campus_looked_user ON campus_looked (user_id);
    -- When the mails about an activity that has ended were sent.
    ALTER TABLE campus_activities ADD COLUMN threshold_told BIGINT;
    """
}
