internal import JSON
internal import Storage

/// A task for signing in: `SignData` of the document.
struct SignTask: Sendable {
  let id: Int64
  let task: Int64
  let table: Int64
  let course: Int64
  let publisher: Int64
  let name: String
  let detail: String
  let time: Int64
  let expire: Int64
  let kind: Int64
  let flag: Int64
  let count: Int64
  /// The notes as the JSON array that is stored.
  let notes: String

  static let columns = """
    s.id AS signid, s.taskid, s.tableid, s.courseid, s.signed, s.notes, \
    t.name, t.detail, t.begintime, t.expiretime, t.kind, t.userid, t.flag
    """
  static let source = "sign_signs s JOIN sign_tasks t ON t.id = s.taskid"

  init(_ row: Row) throws(StoreError) {
    id = try row.int64("signid")
    task = try row.int64("taskid")
    table = try row.int64("tableid")
    course = try row.int64("courseid")
    publisher = try row.int64("userid")
    name = try row.text("name")
    detail = try row.text("detail")
    time = try row.int64("begintime")
    expire = try row.int64("expiretime")
    kind = try row.int64("kind")
    flag = try row.int64("flag")
    count = try row.int64("signed")
    notes = try row.text("notes")
  }

  func json(withNotes: Bool = true) -> JSONValue {
    [
      "taskID": .int(task), "courseTableID": .int(table), "count": .int(count),
      "append": withNotes ? .raw(Array(notes.utf8)) : .null, "signID": .int(id),
      "name": .string(name), "detail": .string(detail), "time": .int(time),
      "expireTime": .int(expire), "type": .int(kind), "userID": .int(publisher),
      "flag": .int(flag),
    ]
  }
}
