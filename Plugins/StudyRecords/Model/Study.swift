internal import JSON
internal import Storage

/// A record: the time from one moment to another, or to now while it is open.
struct Study: Sendable, Hashable {
  static let columns = "id, creator_id, start_time, end_time"

  let id: Int64
  let creator: Int64
  let start: Moment
  var end: Moment?

  init(id: Int64, creator: Int64, start: Moment, end: Moment? = nil) {
    self.id = id
    self.creator = creator
    self.start = start
    self.end = end
  }

  init(_ row: Row) throws(StoreError) {
    id = try row.int64("id")
    creator = try row.int64("creator_id")
    start = Moment(seconds: try row.unixSeconds("start_time"))
    end = try row.optionalUnixSeconds("end_time").map { Moment(seconds: $0) }
  }

  /// The documented object.
  func json(_ links: Links) -> JSONValue {
    [
      "creator": .string(links.user(creator)), "end_time": JSONValue(end?.text),
      "id": .int(id), "start_time": .string(start.text), "url": .string(links.study(id)),
    ]
  }
}
