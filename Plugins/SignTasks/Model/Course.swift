internal import JSON
internal import PluginKit
internal import Storage

/// A course table with everything that `Course` of the document shows.
struct Course: Sendable {
  let table: Int64
  private(set) var teacher: ListedUser
  let course: Int64
  /// 0 running, 1 not open, 2 ended.
  let status: Int64
  private var members: JSONObject

  static let columns = """
    c.id AS tableid, c.scheduleid, c.teacherid, c.deptid, c.enrolyear, h.courseid, h.openyear, \
    h.openterm, h.fromweek, h.endweek, h.status, k.name AS coursename, d.name AS deptname, \
    d.nickname, \(ListedUser.columns)
    """
  static let source = """
    sign_tables c JOIN sign_schedules h ON h.id = c.scheduleid \
    JOIN sign_courses k ON k.id = h.courseid \
    LEFT JOIN sign_departments d ON d.id = c.deptid LEFT JOIN sign_users u ON u.id = c.teacherid
    """

  init(_ row: Row) throws(StoreError) {
    table = try row.int64("tableid")
    teacher = try ListedUser(try row.int64("teacherid"), row)
    course = try row.int64("courseid")
    status = try row.int64("status")
    members = [
      "scheduleID": .int(try row.int64("scheduleid")), "courseTableID": .int(table),
      "teacherID": .int(teacher.id), "teacherName": .string(teacher.name),
      "deptID": .int(try row.int64("deptid")),
      "deptName": .string(try row.optionalText("deptname") ?? ""),
      "deptNickName": .string(try row.optionalText("nickname") ?? ""),
      "enrolYear": .int(try row.int64("enrolyear")), "courseID": .int(course),
      "courseName": .string(try row.text("coursename")),
      "openYear": .int(try row.int64("openyear")), "openTerm": .int(try row.int64("openterm")),
      "fromWeek": .int(try row.int64("fromweek")), "endWeek": .int(try row.int64("endweek")),
      "status": .int(status),
    ]
  }

  var json: JSONValue { .object(members) }

  /// With the name that the teacher's account has now.
  func updated(from accounts: [Int64: Account]) -> Course {
    var course = self
    course.teacher = teacher.updated(from: accounts)
    course.members["teacherName"] = .string(course.teacher.name)
    return course
  }
}

/// The weeks of a term, counted from the Monday of the first.
enum Week {
  /// Nil before the term begins.
  static func json(_ row: Row, at seconds: Int64) throws(StoreError) -> JSONValue? {
    let date = try row.text("begindate")
    guard let begin = LocalZone.shanghai.time("\(date) 00:00:00") else { return nil }
    let days = (seconds - begin.unixMilliseconds / 1000) / 86_400
    return [
      "year": .int(try row.int64("openyear")), "term": .int(try row.int64("openterm")),
      "week": .int(days / 7 + 1), "begin_date": .string(date),
    ]
  }
}
