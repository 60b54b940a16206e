internal import JSON
internal import Storage

/// The enrolment of one user in one activity.
struct Enrollment: Sendable, Equatable {
  static let columns = "e.id, e.activity_id, e.user_id, e.enroll_time, e.participating_metas"

  let id: Int64
  let activity: Int64
  let user: Int64
  let time: Moment
  /// The cleaned answers as JSON text.
  let answers: String

  init(_ row: Row) throws {
    id = try row.int64("id")
    activity = try row.int64("activity_id")
    user = try row.int64("user_id")
    time = Moment(microseconds: try row.int64("enroll_time"))
    answers = try row.text("participating_metas")
  }

  init(id: Int64, activity: Int64, user: Int64, time: Moment, answers: String) {
    (self.id, self.activity, self.user) = (id, activity, user)
    (self.time, self.answers) = (time, answers)
  }

  var json: JSONValue {
    [
      "id": .int(id), "enroll_time": .string(time.text), "activity": .int(activity),
      "user": .int(user), "participating_metas": .string(answers),
    ]
  }
}
