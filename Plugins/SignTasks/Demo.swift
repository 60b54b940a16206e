internal import PluginKit
internal import Storage

/// The courses, tasks and logs that make the documents' example calls give the documents' answers.
enum Demo {
  private typealias Sign = (
    id: Int, task: Int, table: Int, name: String, begin: Int64, end: Int64, flag: Int, count: Int,
    notes: String
  )

  private static let courseOfTable = [5: 1, 6: 513, 8: 513, 9: 386, 10: 1]

  private static func signs(_ now: Int64) -> [Sign] {
    [
      (1, 4, 6, "科学教育(管理员)，第12周上课签到，星期六", 1_432_984_013, 1_432_986_713, 0, 0, "[]"),
      (2, 5, 6, "科学教育(管理员)，已删除的签到", 1_432_985_000, 1_432_987_700, 1, 0, "[]"),
      (3, 6, 6, "科学教育(管理员)，第12周上课签到，星期天", 1_432_987_311, 1_432_990_011, 0, 0, "[]"),
      (
        4, 7, 5, "人工智能(管理员)，第14周上课签到，星期五", 1_434_098_727, 1_434_101_427, 0, 0,
        #"[{"time":1434109565,"content":"附加信息1"},{"time":1434101467,"content":"附加信息2222"}]"#
      ),
      (
        6, 9, 5, "人工智能(管理员)，第14周上课签到，星期六", now - 600, now + 30_900, 0, 0,
        #"[{"time":1456938976,"content":"Append 1"},{"time":1456938982,"content":"Append 2"}]"#
      ),
      (
        10, 15, 5, "人工智能(管理员)，第15周上课签到，星期一 再次", 1_434_299_533, 1_434_299_933, 0, 0,
        "[]"
      ),
      (
        11, 16, 9, "国际政治(管理员)，第15周上课签到，星期一", 1_434_344_913, 1_434_404_853, 0, 1,
        #"[{"time":1458592966,"content":"OK"}]"#
      ),
    ]
  }

  /// Fills empty tables. The ids are those of the documents, and new ones go on behind them.
  static func seed(_ services: PluginServices, _ now: Int64) async throws {
    let users = UserStore(services)
    try await services.store.write { tx in
      guard try tx.first("SELECT id FROM sign_courses LIMIT 1") == nil else { return }
      try addPeople(tx)
      try addCourses(monday: firstMonday(now), tx)
      for sign in signs(now / 1000) { try add(sign, now / 1000, tx) }
      try addLogs(tx)
      try continueIDs(tx)
    }
    // Binds the accounts to their rows.
    for id in [1, 2, 32, 33] {
      guard let account = try await services.accounts.find(.profile(.courseUser, "\(id)")) else {
        continue
      }
      _ = try await users.user(of: account.identity)
    }
  }

  /// The Monday of this week less eleven weeks, so that the week is the document's twelfth.
  private static func firstMonday(_ now: Int64) -> String {
    let today = LocalZone.shanghai.time(at: now)
    let sinceMonday = Int64((today.weekday.rawValue + 6) % 7)
    return LocalZone.shanghai.time(at: now - (sinceMonday + 77) * 86_400_000).date
  }

  private static func addPeople(_ tx: Transaction) throws {
    try tx.execute(
      "INSERT INTO sign_departments (id, name, nickname) VALUES (1, '计算机科学与技术系', '计科')")
    try tx.execute(
      "INSERT INTO sign_classes (id, name, deptid, enrolyear) VALUES (3, '计科11201', 1, 2012)")
    let people: [(Int, String, String, String, Int?)] = [
      (1, "admin", "管理员", "admin@example.edu", nil),
      (2, "20120001", "陈伟", "chen@example.edu", nil),
      (32, "2100301419", "陶然", "tao@example.edu", 3),
      (33, "2100301418", "林一", "lin@example.edu", 3),
    ]
    for (id, number, name, email, classID) in people {
      try tx.execute(
        "INSERT INTO sign_users (id, number, name, email, classid) VALUES (?, ?, ?, ?, ?)", id,
        number, name, email, classID)
    }
  }

  private static func addCourses(monday: String, _ tx: Transaction) throws {
    let courses = [
      (1, "人工智能", "rengongzhineng", "rgzn"), (386, "国际政治", "guojizhengzhi", "gjzz"),
      (513, "科学教育", "kexuejiaoyu", "kxjy"),
    ]
    for (id, name, pinyin, initials) in courses {
      try tx.execute(
        "INSERT INTO sign_courses (id, name, pinyin, initials) VALUES (?, ?, ?, ?)", id, name,
        pinyin, initials)
    }
    let schedules = [
      (13, 1, 2015, 0, 22, 0), (14, 513, 2015, 0, 22, 0), (15, 386, 2015, 0, 22, 0),
      (16, 513, 2014, 1, 20, 2),
    ]
    for (id, course, year, term, end, status) in schedules {
      try tx.execute(
        """
        INSERT INTO sign_schedules
        (id, courseid, openyear, openterm, fromweek, endweek, deptid, status)
        VALUES (?, ?, ?, ?, 1, ?, 1, ?)
        """, id, course, year, term, end, status)
    }
    for (id, schedule, teacher) in [(5, 13, 1), (6, 14, 1), (8, 16, 1), (9, 15, 1), (10, 13, 2)] {
      try tx.execute(
        """
        INSERT INTO sign_tables (id, scheduleid, teacherid, deptid, enrolyear)
        VALUES (?, ?, ?, 1, 2012)
        """, id, schedule, teacher)
      try tx.execute("INSERT INTO sign_table_classes (tableid, classid) VALUES (?, 3)", id)
    }
    for (student, table) in [(32, 5), (32, 9), (33, 5), (33, 6), (33, 9)] {
      try tx.execute(
        "INSERT INTO sign_selections (studentid, tableid, selectedat) VALUES (?, ?, 1425830400)",
        student, table)
    }
    try tx.execute(
      "INSERT INTO sign_weeks (openyear, openterm, begindate) VALUES (2015, 0, ?)", monday)
  }

  private static func add(_ sign: Sign, _ now: Int64, _ tx: Transaction) throws {
    try tx.execute(
      """
      INSERT INTO sign_tasks (id, name, begintime, expiretime, userid, flag, announced)
      VALUES (?, ?, ?, ?, 1, ?, ?)
      """, sign.task, sign.name, sign.begin, sign.end, sign.flag, sign.end < now)
    try tx.execute(
      """
      INSERT INTO sign_signs (id, taskid, courseid, tableid, signed, notes)
      VALUES (?, ?, ?, ?, ?, ?)
      """, sign.id, sign.task, courseOfTable[sign.table], sign.table, sign.count, sign.notes)
  }

  private static func addLogs(_ tx: Transaction) throws {
    let logs: [(Int, Int, Int, Int, Int64, Int64, Int, Double, Double)] = [
      (1, 33, 11, 9, 1_434_344_930, 1_434_344_942, 1, 118.3, 39.6),
      (2, 32, 10, 5, 1_434_331_808, 0, 0, 0, 0),
      (3, 32, 11, 9, 1_434_344_951, 1_434_353_670, 2, 0, 0),
    ]
    for (id, user, sign, table, begin, end, status, longitude, latitude) in logs {
      try tx.execute(
        """
        INSERT INTO sign_logs
        (id, userid, signid, tableid, begintime, endtime, status, longitude, latitude)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """, id, user, sign, table, begin, end, status, longitude, latitude)
    }
  }

  private static func continueIDs(_ tx: Transaction) throws {
    for table in ["departments", "classes", "users", "courses", "schedules", "tables"] {
      try tx.continueIDs(of: "sign_\(table)")
    }
    try tx.continueIDs(of: "sign_tasks", from: 17)
    try tx.continueIDs(of: "sign_signs", from: 12)
    try tx.continueIDs(of: "sign_logs", from: 4)
  }
}
