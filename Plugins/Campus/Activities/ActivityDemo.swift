internal import Storage

/// The activities of the example data. Times around now: an activity that can be used today.
enum ActivityDemo {
  private typealias Row = (
    id: Int, name: String, description: String, place: String, start: Moment, end: Moment,
    isOpen: Bool, limit: Int?, form: String
  )

  private static let sports = """
    {"性别":{"required":false,"type":"radio","default":"男","choices":["男","女"]},\
    "爱好":{"required":true,"type":"checkbox","choices":["编程","数学"]},\
    "年龄":{"required":true,"type":"number"},"备注":{"required":false,"type":"textarea"}}
    """

  private static let hour: Int64 = 3600

  static func add(to tx: Transaction, at now: Moment) throws {
    for row in activities(now) { try add(row, at: now, to: tx) }
    try tx.execute(
      """
      INSERT INTO campus_enrollments (id, activity_id, user_id, enroll_time, participating_metas)
      VALUES (41, 3, 7, ?, '{"姓名": "陈伟"}')
      """, moment("2020-02-21T20:15:03.120045").microseconds)
    try tx.execute("UPDATE campus_activities SET enrollments = 1 WHERE id = 3")
    try addClockins(to: tx, at: now)
    for table in ["activities", "enrollments", "clockins", "clockin_records"] {
      try tx.continueIDs(of: "campus_\(table)")
    }
  }

  private static func activities(_ now: Moment) -> [Row] {
    let (tomorrow, dayAfter) = (now + 24 * hour, now + 26 * hour)
    let (past, pastEnd) = (moment("2020-02-01T09:00:00"), moment("2020-02-01T11:00:00"))
    let talk = #"{"姓名":{"required":true,"type":"text"}}"#
    return [
      (1, "暂未开放的活动", "", "会议室B", tomorrow, dayAfter, false, nil, "{}"),
      (2, "已结束的活动", "", "会议室B", past, pastEnd, true, nil, "{}"),
      (3, "教学研讨", "教学研讨会", "会议室A", now + -hour, now + 8 * hour, true, 30, talk),
      (4, "春季运动会", "", "操场", tomorrow, dayAfter, true, 2, sports),
    ]
  }

  private static func add(_ row: Row, at now: Moment, to tx: Transaction) throws {
    try tx.execute(
      """
      INSERT INTO campus_activities (id, name, description, location, time_start, time_end,
        open_for_enrollment, participants_limit, form_metas, created)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, row.id, row.name, row.description, row.place, row.start.microseconds,
      row.end.microseconds, row.isOpen, row.limit, row.form, now.microseconds)
  }

  private static func addClockins(to tx: Transaction, at now: Moment) throws {
    let items = [
      (12, 3, "签到", now + -hour, now + 8 * hour), (13, 3, "签退", now + -hour, now + 8 * hour),
      (14, 4, "签到", now + 24 * hour, now + 26 * hour),
    ]
    for (id, activity, label, from, to) in items {
      try tx.execute(
        """
        INSERT INTO campus_clockins (id, activity_id, label, from_time, to_time, created, changed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
        """, id, activity, label, from.microseconds, to.microseconds, now.microseconds)
    }
    try tx.execute("INSERT INTO campus_clockin_staff (clockin_id, user_id) VALUES (12, 9)")
    try tx.execute(
      "INSERT INTO campus_clockin_records (clockin_id, user_id, created) VALUES (12, 7, ?)",
      (now + -hour / 2).microseconds)
    try tx.execute("UPDATE campus_clockins SET records = 1 WHERE id = 12")
  }

  private static func moment(_ text: String) -> Moment {
    guard let moment = Moment(text) else { preconditionFailure("\(text) is no moment") }
    return moment
  }
}
