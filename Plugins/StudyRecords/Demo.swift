internal import PluginKit
internal import Storage

/// The user and the records that make the document's example calls give its answers.
enum Demo {
  private static let records = [
    ("2017-03-25 07:13:32", nil), ("2017-03-25 07:20:05", "2017-03-25 07:50:05"),
    ("2017-03-25 08:02:11", "2017-03-25 08:47:40"), ("2017-03-25 09:00:00", "2017-03-25 09:30:00"),
    ("2017-03-25 09:41:27", "2017-03-25 10:11:30"), ("2017-03-25 10:20:00", "2017-03-25 10:50:59"),
    ("2017-03-25 10:57:43", nil),
  ]

  /// A number without a password stands for a college that does not answer.
  private static let students = [
    ("4130209101", "jw-101"), ("4130209102", "jw-102"), ("4130209103", "jw-103"),
    ("4130209104", "jw-104"), ("4130209105", "jw-105"), ("4130209106", "jw-106"),
    ("413020911", "jw-911"), ("4130209500", nil),
  ]

  static func seed(_ services: PluginServices, _ now: Int64) async throws {
    try await services.store.write { tx in
      guard try tx.first("SELECT id FROM study_users LIMIT 1") == nil else { return }
      try addUser(tx)
      for (index, record) in records.enumerated() { try add(record, number: index + 1, tx) }
      for (number, password) in students {
        try tx.execute(
          "INSERT INTO study_students (stu_id, stu_pwd) VALUES (?, ?)", number, password)
      }
      try tx.continueIDs(of: "study_users")
      try tx.continueIDs(of: "study_studys")
    }
  }

  private static func addUser(_ tx: Transaction) throws {
    try tx.execute(
      """
      INSERT INTO study_users (id, username, member_since, last_seen, records, open_records)
      VALUES (1, 'bllli', ?, ?, ?, ?)
      """, seconds("2017-03-25 06:41:49"), seconds("2017-03-25 06:44:35"), records.count,
      records.count { $0.1 == nil })
  }

  private static func add(_ record: (String, String?), number: Int, _ tx: Transaction) throws {
    try tx.execute(
      """
      INSERT INTO study_studys (id, creator_id, number, start_time, end_time)
      VALUES (?, 1, ?, ?, ?)
      """, number, number, seconds(record.0), record.1.map { seconds($0) })
  }

  private static func seconds(_ text: String) -> Int64 {
    guard let moment = Moment(text) else { preconditionFailure("\(text) is no moment") }
    return moment.seconds
  }
}
