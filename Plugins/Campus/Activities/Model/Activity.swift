internal import JSON
internal import Storage

/// An activity that users can enrol in.
struct Activity: Sendable, Equatable {
  static let columns = """
    a.id, a.name, a.description, a.location, a.time_start, a.time_end, a.form_metas,
    a.open_for_enrollment, a.participants_limit, a.enrollments
    """
  static let longestName = 30
  static let longestLocation = 200

  let id: Int64
  let name: String
  let description: String
  let location: String
  let start: Moment
  let end: Moment
  let form: String
  let isOpen: Bool
  let limit: Int64?
  let enrollments: Int64

  init(_ row: Row) throws {
    id = try row.int64("id")
    name = try row.text("name")
    description = try row.text("description")
    location = try row.text("location")
    start = Moment(microseconds: try row.int64("time_start"))
    end = Moment(microseconds: try row.int64("time_end"))
    form = try row.text("form_metas")
    isOpen = try row.bool("open_for_enrollment")
    limit = try row.optionalInt("participants_limit").map { Int64($0) }
    enrollments = try row.int64("enrollments")
  }

  /// The documented object, for somebody who is enrolled or not.
  func json(isEnrolled: Bool) -> JSONValue {
    [
      "id": .int(id), "time_start": .string(start.text), "time_end": .string(end.text),
      "location": .string(location), "name": .string(name), "description": .string(description),
      "form_metas": .string(form), "open_for_enrollment": .bool(isOpen),
      "enrollment_count": .int(enrollments), "my_enrollment_count": .int(isEnrolled ? 1 : 0),
      "participants_total_limit": JSONValue(limit),
    ]
  }
}
