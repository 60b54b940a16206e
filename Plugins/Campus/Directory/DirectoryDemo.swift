internal import PluginKit
internal import Storage

/// The people of the example data.
enum DirectoryDemo {
  private typealias User = (
    id: Int, username: String, last: String, first: String, department: Int?, openID: String?
  )

  private static let users: [User] = [
    (1, "admin", "管", "理员", nil, nil), (7, "20120001", "陈", "伟", 2, nil),
    (8, "20120002", "李", "娜", 1, nil), (9, "20120003", "王", "芳", 1, "openid-b"),
    (10, "20120004", "赵", "军", 1, nil),
  ]

  static func add(to tx: Transaction) throws {
    for (id, name) in [(1, "通信系"), (2, "计算机系")] {
      try tx.execute("INSERT INTO campus_departments (id, name) VALUES (?, ?)", id, name)
    }
    for user in users { try add(user, tx) }
    try tx.execute(
      """
      INSERT INTO campus_contacts (id, user_id, department, post, qq, tel, phone) VALUES
        (1, 7, '计算机系', '讲师', '10001', NULL, '13800000000'),
        (2, 8, '通信系', '教授', NULL, '025-1001', '13900000001')
      """)
    try tx.execute("INSERT INTO campus_friends (user_id, friend_id) VALUES (8, 7)")
    try tx.execute(
      """
      INSERT INTO campus_wechat_codes (code, open_id) VALUES
        ('demo-code-a', 'openid-a'), ('demo-code-b', 'openid-b')
      """)
    for table in ["departments", "users", "contacts"] {
      try tx.continueIDs(of: "campus_\(table)")
    }
  }

  private static func add(_ user: User, _ tx: Transaction) throws {
    let hour = user.id == 1 ? 8 : 9
    guard let joined = Moment("2020-02-13T0\(hour):00:00") else {
      preconditionFailure("no such moment")
    }
    try tx.execute(
      """
      INSERT INTO campus_users
        (id, username, last_name, first_name, department, wechat_open_id, date_joined)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """, user.id, user.username, user.last, user.first, user.department, user.openID,
      joined.microseconds)
  }

  /// Lists show these users before their accounts make a call.
  static func bindAccounts(_ services: PluginServices) async throws {
    let now = Moment(milliseconds: services.clock.now)
    for user in users {
      let name = LoginName.profile(.staffName, user.username)
      guard let account = try await services.accounts.find(name) else { continue }
      try await services.store.write { tx in _ = try tx.campusUser(of: account, at: now) }
    }
  }
}
