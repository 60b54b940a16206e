internal import JSON
internal import PluginKit
internal import Storage

/// A stay that is over: the document's `TimeRecord`.
struct Stay: Sendable, Equatable {
  /// The way in which a stay ended, which decides whether it counts.
  enum Kind: Int, Sendable {
    /// Ended by the nightly job.
    case invalid = 0
    /// Ended by the person; only such a stay counts.
    case valid = 1
    /// Ended by a report.
    case reported = 2
  }

  let id: Int
  /// `User.id`.
  let person: Int
  let duration: Hours
  let kind: Kind
  /// The number of the reporter, or `0`.
  let reporter: String
  let startedAt: Int64
  let endedAt: Int64
  /// The zone in which moments are shown.
  let zone: LocalZone
}

extension Stay {
  static let columns = "id, userid, duration, recordstatus, reporter, starttime, endtime"

  init(_ row: Row, _ zone: LocalZone) throws {
    self.zone = zone
    id = try row.int("id")
    person = try row.int("userid")
    duration = Hours(hundredths: try row.int("duration", in: Hours.bounds))
    guard let kind = Kind(rawValue: try row.int("recordstatus")) else {
      throw StoreError(.mismatch, "a stay has a status that is none")
    }
    self.kind = kind
    reporter = try row.text("reporter")
    startedAt = try row.unixSeconds("starttime")
    endedAt = try row.unixSeconds("endtime")
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("id", id)
      writer.member("userid", person)
      writer.member("duration", duration.number)
      writer.member("status", kind.rawValue)
      writer.member("reporterid", reporter)
      writer.member("endTime", moment: endedAt, zone)
      writer.member("startTime", moment: startedAt, zone)
    }
  }

  var json: JSONValue { .raw(JSONWriter.bytes { write(to: &$0) }) }
}

extension [Stay] {
  var json: JSONValue {
    .raw(
      JSONWriter.bytes(capacity: 2 + count * 160) { writer in
        writer.array { writer in
          for stay in self { stay.write(to: &writer) }
        }
      })
  }
}
