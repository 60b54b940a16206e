internal import PluginKit
internal import Storage

/// The people and stays that make the documents' example calls give the documents' answers.
enum Demo {
  private struct Student: Sendable {
    let id: Int
    let name: String
    let number: String
    let start: String?
    let end: String?
    let isPresent: Bool
    let week: Int
    let total: Int
    let qq: String?
    let avatar: String?
  }

  private typealias Record = (
    id: Int, person: Int, duration: Int, status: Int, reporter: String, start: String, end: String
  )

  private static let students: [Student] = [
    Student(
      id: 1, name: "chen", number: "2100301417", start: "2022-08-31 22:04:48",
      end: "2022-08-31 17:58:34", isPresent: false, week: 245, total: 245, qq: nil,
      avatar: "two.jpg"),
    Student(
      id: 2, name: "lin", number: "2100301418", start: "2022-08-31 22:03:40",
      end: "2022-08-31 17:58:51", isPresent: true, week: 5697, total: 5697, qq: "10002",
      avatar: "three.jpg"),
    Student(
      id: 3, name: "tao", number: "2100301419", start: "2022-08-31 16:58:55",
      end: "2022-08-31 17:58:55", isPresent: false, week: 100, total: 0, qq: nil, avatar: "one.jpg"),
    Student(
      id: 4, name: "zhou", number: "2000301416", start: nil,
      end: nil, isPresent: false, week: 0, total: 0, qq: nil, avatar: nil),
  ]

  // Durations in hundredths of an hour.
  private static let records: [Record] = [
    (143, 1, 12350, 2, "2100301418", "2022-08-26 14:28:43", "2022-08-31 17:58:34"),
    (139, 1, 12117, 2, "2100301418", "2022-08-26 14:28:43", "2022-08-31 15:38:43"),
    (135, 1, 12112, 2, "2100301418", "2022-08-26 14:28:43", "2022-08-31 15:35:46"),
    (130, 1, 12097, 2, "2100301418", "2022-08-26 14:28:43", "2022-08-31 15:27:07"),
    (126, 1, 12093, 2, "2100301418", "2022-08-26 14:28:43", "2022-08-31 15:24:18"),
    (123, 1, 12089, 2, "2100301418", "2022-08-26 14:28:43", "2022-08-31 15:21:52"),
    (121, 1, 12084, 2, "2100301418", "2022-08-26 14:28:43", "2022-08-31 15:19:17"),
    (119, 1, 12070, 2, "2100301418", "2022-08-26 14:28:43", "2022-08-31 15:10:54"),
    (118, 1, 11937, 2, "2100301418", "2022-08-26 14:28:43", "2022-08-31 13:50:51"),
    (117, 1, 11925, 2, "2100301418", "2022-08-26 14:28:43", "2022-08-31 13:43:28"),
    (114, 1, 3645, 0, "0", "2022-08-24 11:02:45", "2022-08-25 23:30:00"),
    (111, 1, 7, 0, "0", "2022-08-23 23:25:30", "2022-08-23 23:30:00"),
    (85, 1, 35, 1, "0", "2022-08-21 11:02:03", "2022-08-21 11:23:07"),
    (68, 1, 0, 1, "0", "2022-08-12 22:50:06", "2022-08-12 22:50:15"),
    (66, 1, 210, 1, "0", "2022-08-12 20:42:35", "2022-08-12 22:48:34"),
    (59, 1, 20, 1, "0", "2022-08-12 20:30:34", "2022-08-12 20:42:34"),
    (55, 1, 13, 1, "0", "2022-08-12 20:22:07", "2022-08-12 20:30:00"),
    (44, 1, 15, 1, "0", "2022-08-10 23:18:07", "2022-08-10 23:27:04"),
    (27, 1, 11447, 0, "0", "2022-07-07 16:16:32", "2022-07-12 10:44:31"),
  ]

  /// Fills empty tables. The ids are those of the documents, and new ones go on behind them.
  static func seed(_ services: PluginServices, _ now: Int64) async throws {
    try await services.store.write { tx in
      guard try tx.first("SELECT id FROM checkin_users LIMIT 1") == nil else { return }
      for student in students { try add(student, tx) }
      for record in records { try add(record, tx) }
      try tx.continueIDs(of: "checkin_users", from: 5)
      try tx.continueIDs(of: "checkin_records", from: 144)
    }
  }

  private static func add(_ student: Student, _ tx: Transaction) throws {
    try tx.execute(
      """
      INSERT INTO checkin_users (\(Person.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, student.id, student.name, student.number, student.start.map(seconds),
      student.end.map(seconds), student.isPresent, student.week, student.total, student.qq,
      student.avatar)
  }

  private static func add(_ record: Record, _ tx: Transaction) throws {
    try tx.execute(
      "INSERT INTO checkin_records (\(Stay.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
      record.id, record.person, record.duration, record.status, record.reporter,
      seconds(record.start), seconds(record.end))
  }

  /// The documents were written in Shanghai, wherever this server stands.
  private static func seconds(_ text: String) -> Int64 {
    guard let time = LocalZone.shanghai.time(text) else {
      preconditionFailure("\(text) is no moment")
    }
    return time.unixMilliseconds / 1000
  }
}
