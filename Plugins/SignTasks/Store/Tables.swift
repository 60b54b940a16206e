/// The statements that make the tables. Moments are Unix seconds.
enum Tables {
  static let first = """
    CREATE TABLE sign_departments (
      id {id},
      name {text} NOT NULL,
      nickname TEXT NOT NULL);
    CREATE UNIQUE INDEX sign_departments_name ON sign_departments (name);
    CREATE TABLE sign_classes (
      id {id},
      name {text} NOT NULL,
      deptid BIGINT NOT NULL,
      enrolyear BIGINT NOT NULL);
    CREATE UNIQUE INDEX sign_classes_name ON sign_classes (name);
    CREATE TABLE sign_users (
      id {id},
      account BIGINT,
      number {text} NOT NULL,
      name TEXT NOT NULL,
      email TEXT,
      gender BIGINT NOT NULL DEFAULT 0,
      description TEXT NOT NULL DEFAULT '',
      classid BIGINT);
    CREATE UNIQUE INDEX sign_users_account ON sign_users (account);
    CREATE INDEX sign_users_number ON sign_users (number);
    CREATE TABLE sign_courses (
      id {id},
      name {text} NOT NULL,
      pinyin TEXT NOT NULL DEFAULT '',
      initials TEXT NOT NULL DEFAULT '');
    CREATE UNIQUE INDEX sign_courses_name ON sign_courses (name);
    CREATE TABLE sign_schedules (
      id {id},
      courseid BIGINT NOT NULL REFERENCES sign_courses (id),
      openyear BIGINT NOT NULL,
      openterm BIGINT NOT NULL,
      fromweek BIGINT NOT NULL,
      endweek BIGINT NOT NULL,
      deptid BIGINT NOT NULL,
      status BIGINT NOT NULL DEFAULT 0);
    CREATE TABLE sign_tables (
      id {id},
      scheduleid BIGINT NOT NULL REFERENCES sign_schedules (id),
      teacherid BIGINT NOT NULL,
      deptid BIGINT NOT NULL,
      enrolyear BIGINT NOT NULL);
    CREATE INDEX sign_tables_teacher ON sign_tables (teacherid);
    CREATE TABLE sign_table_classes (
      tableid BIGINT NOT NULL REFERENCES sign_tables (id),
      classid BIGINT NOT NULL REFERENCES sign_classes (id),
      PRIMARY KEY (tableid, classid));
    CREATE TABLE sign_selections (
      studentid BIGINT NOT NULL REFERENCES sign_users (id),
      tableid BIGINT NOT NULL REFERENCES sign_tables (id),
      selectedat BIGINT NOT NULL,
      PRIMARY KEY (studentid, tableid));
    CREATE INDEX sign_selections_table ON sign_selections (tableid, studentid);
    CREATE TABLE sign_weeks (
      openyear BIGINT NOT NULL,
      openterm BIGINT NOT NULL,
      begindate TEXT NOT NULL,
      PRIMARY KEY (openyear, openterm));
    CREATE TABLE sign_tasks (
      id {id},
      name {text} NOT NULL,
      detail TEXT NOT NULL DEFAULT '',
      begintime BIGINT NOT NULL,
      expiretime BIGINT NOT NULL,
      kind BIGINT NOT NULL DEFAULT 0,
      userid BIGINT NOT NULL,
      flag BIGINT NOT NULL DEFAULT 0,
      announced BIGINT NOT NULL DEFAULT 0);
    CREATE UNIQUE INDEX sign_tasks_name ON sign_tasks (userid, name) WHERE kind = 0 AND flag = 0;
    -- The end of a task is announced once, by whichever node is first.
    CREATE INDEX sign_tasks_open ON sign_tasks (expiretime) WHERE announced = 0;
    CREATE TABLE sign_signs (
      id {id},
      taskid BIGINT NOT NULL REFERENCES sign_tasks (id),
      courseid BIGINT NOT NULL,
      tableid BIGINT NOT NULL REFERENCES sign_tables (id),
      signed BIGINT NOT NULL DEFAULT 0,
      notes TEXT NOT NULL DEFAULT '[]');
    CREATE INDEX sign_signs_task ON sign_signs (taskid);
    CREATE INDEX sign_signs_table ON sign_signs (tableid);
    CREATE TABLE sign_logs (
      id {id},
      userid BIGINT NOT NULL,
      begintime BIGINT NOT NULL,
      endtime BIGINT NOT NULL DEFAULT 0,
      signid BIGINT NOT NULL REFERENCES sign_signs (id),
      tableid BIGINT NOT NULL,
      longitude DOUBLE PRECISION NOT NULL DEFAULT 0,
      latitude DOUBLE PRECISION NOT NULL DEFAULT 0,
      status BIGINT NOT NULL DEFAULT 0,
      auth TEXT);
    -- One log per student and task, whoever comes at the same moment.
    CREATE UNIQUE INDEX sign_logs_once ON sign_logs (userid, signid);
    CREATE INDEX sign_logs_sign ON sign_logs (signid, id);
    CREATE INDEX sign_logs_history ON sign_logs (userid, id);
    """

  /// The account's name when it was given the row: a row from elsewhere has a name of its own.
  static let accountNames = "ALTER TABLE sign_users ADD COLUMN accountname TEXT"
}
