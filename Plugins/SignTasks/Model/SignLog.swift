internal import JSON
internal import Storage

/// One student's log of one task, with what the history shows of the task: `SignHistory`.
struct SignLog: Sendable {
  static let columns = """
    l.id AS logid, l.userid AS studentid, l.begintime AS begun, l.endtime, l.longitude, \
    l.latitude, l.status, c.teacherid, k.name AS coursename, \(SignTask.columns)
    """
  static let source = """
    sign_logs l JOIN sign_signs s ON s.id = l.signid JOIN sign_tasks t ON t.id = s.taskid \
    JOIN sign_tables c ON c.id = s.tableid JOIN sign_courses k ON k.id = s.courseid
    """

  /// The members of the document in its order.
  static func json(_ row: Row, withNotes: Bool) throws(StoreError) -> JSONValue {
    let task = try SignTask(row)
    return [
      "signLogID": .int(try row.int64("logid")), "studentID": .int(try row.int64("studentid")),
      "beginTime": .int(try row.int64("begun")), "endTime": .int(try row.int64("endtime")),
      "signID": .int(task.id), "courseTableID": .int(task.table),
      "longitude": number(try row.real("longitude")),
      "latitude": number(try row.real("latitude")), "logStatus": .int(try row.int64("status")),
      "taskID": .int(task.task), "name": .string(task.name), "detail": .string(task.detail),
      "taskTime": .int(task.time), "expireTime": .int(task.expire),
      "teacherID": .int(try row.int64("teacherid")), "courseID": .int(task.course),
      "courseName": .string(try row.text("coursename")), "count": .int(task.count),
      "append": withNotes ? .raw(Array(task.notes.utf8)) : .null,
    ]
  }

  /// The document prints a whole number without a fraction.
  static func number(_ value: Double) -> JSONValue {
    let whole = JSONValue(value).int
    return whole.map { JSONValue($0) } ?? JSONValue(value)
  }
}
