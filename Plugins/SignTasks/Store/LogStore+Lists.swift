internal import JSON
internal import PluginKit
internal import Storage

extension LogStore {
  struct Filter: Sendable {
    var status: Int64?
    var course: String?
    var withNotes = false
  }

  /// No course has a longer name, and no pattern needs more.
  private static let longestSearch = 100

  /// A student's own logs, the oldest first.
  func history(of student: Int64, _ filter: Filter) async throws -> [JSONValue] {
    var conditions = "l.userid = ?"
    var arguments: [Value] = [.int(student)]
    if let status = filter.status {
      conditions += " AND l.status = ?"
      arguments.append(.int(status))
    }
    if let course = filter.course {
      guard let search = LogStore.search(course) else { return [] }
      conditions += search.condition
      arguments += search.arguments
    }
    return try await store.query(
      "SELECT \(SignLog.columns) FROM \(SignLog.source) WHERE \(conditions) ORDER BY l.id",
      arguments: arguments
    ).map { try SignLog.json($0, withNotes: filter.withNotes) }
  }

  /// Digits are the number of a course, anything else is part of its name or of its sound.
  private static func search(_ text: String) -> (condition: String, arguments: [Value])? {
    guard text.utf8.count <= longestSearch, !text.utf8.contains(0) else { return nil }
    if text.utf8.allSatisfy({ (48...57).contains($0) }) {
      guard let id = Int64(text) else { return nil }
      return (" AND s.courseid = ?", [.int(id)])
    }
    // By scalars: a mark behind a wildcard would make another character of it.
    let escaped = text.lowercased().unicodeScalars
      .map { "%_!".unicodeScalars.contains($0) ? "!\($0)" : "\($0)" }.joined()
    let columns = ["k.name", "k.pinyin", "k.initials"]
    let condition = columns.map { "lower(\($0)) LIKE ? ESCAPE '!'" }.joined(separator: " OR ")
    return (
      " AND (\(condition))", Array(repeating: .text("%\(escaped)%"), count: columns.count)
    )
  }

  func log(_ id: Int64, of student: Int64) async throws -> JSONValue? {
    try await store.first(
      "SELECT \(SignLog.columns) FROM \(SignLog.source) WHERE l.id = ? AND l.userid = ?", id,
      student
    ).map { try SignLog.json($0, withNotes: true) }
  }

  /// The signed and the missing students, from one state of the database, with their names of now.
  func report(on sign: Int64) async throws -> Report? {
    guard let report = try await storedReport(on: sign) else { return nil }
    return report.updated(from: try await users.accounts(of: report.students))
  }

  private func storedReport(on sign: Int64) async throws -> Report? {
    try await store.read { tx in
      let task = try tx.first(
        "SELECT \(SignTask.columns) FROM \(SignTask.source) WHERE s.id = ?", sign
      ).map { try SignTask($0) }
      guard let task else { return nil }
      let logs = try tx.query(
        """
        SELECT l.id, l.userid, l.begintime, l.endtime, l.status, l.longitude, l.latitude,
        \(ListedUser.columns) FROM sign_logs l LEFT JOIN sign_users u ON u.id = l.userid
        WHERE l.signid = ? ORDER BY l.id
        """, sign
      ).map { try Report.Entry($0) }
      let absent = try tx.query(
        """
        SELECT e.studentid, \(ListedUser.columns) FROM sign_selections e
        LEFT JOIN sign_users u ON u.id = e.studentid WHERE e.tableid = ?
        AND NOT EXISTS (SELECT 1 FROM sign_logs l WHERE l.userid = e.studentid AND l.signid = ?)
        """, task.table, sign
      ).map { try ListedUser(try $0.int64("studentid"), $0) }
      return Report(task: task, entries: logs, absent: absent)
    }
  }
}

/// A teacher's view of a task.
struct Report: Sendable {
  struct Entry: Sendable {
    let log: Int64
    fileprivate(set) var student: ListedUser
    let begin: Int64
    let end: Int64
    let status: Int64
    let longitude: Double
    let latitude: Double

    init(_ row: Row) throws(StoreError) {
      log = try row.int64("id")
      student = try ListedUser(try row.int64("userid"), row)
      begin = try row.unixSeconds("begintime")
      end = try row.unixSeconds("endtime")
      status = try row.int64("status")
      longitude = try row.real("longitude")
      latitude = try row.real("latitude")
    }

    var json: JSONValue {
      [
        "signLogID": .int(log), "studentID": .int(student.id), "name": .string(student.name),
        "uid": .string(student.number), "beginTime": .int(begin), "endTime": .int(end),
        "logStatus": .int(status), "longitude": SignLog.number(longitude),
        "latitude": SignLog.number(latitude),
      ]
    }
  }

  let task: SignTask
  private(set) var entries: [Entry]
  private(set) var absent: [ListedUser]

  init(task: SignTask, entries: [Entry], absent: [ListedUser]) {
    self.task = task
    self.entries = entries
    self.absent = absent
  }

  var students: [ListedUser] { entries.map(\.student) + absent }

  /// With the names and numbers that the students' accounts have now.
  func updated(from accounts: [Int64: Account]) -> Report {
    var report = self
    for index in entries.indices {
      report.entries[index].student = entries[index].student.updated(from: accounts)
    }
    report.absent = absent.map { $0.updated(from: accounts) }.sorted(by: ListedUser.precedes)
    return report
  }

  var json: JSONValue {
    [
      "sign": task.json(), "list": .array(entries.map(\.json)),
      "absent": .array(absent.map { .object($0.json) }),
    ]
  }
}
