internal import JSON
internal import PluginKit
internal import Storage

/// A person who checks in here: the document's `User`.
struct Person: Sendable, Equatable {
  let id: Int
  let name: String
  let number: String
  /// Unix seconds, the precision of the document: durations then agree with the times shown.
  var startedAt: Int64?
  var endedAt: Int64?
  var isPresent: Bool
  var week: Hours
  var total: Hours
  let mailbox: String?
  let avatar: String?
  /// The zone in which moments are shown.
  let zone: LocalZone
}

extension Person {
  /// The columns that `init(_:)` reads.
  static let columns =
    "id, name, studentid, starttime, endtime, status, weektime, totaltime, qq, avatar"

  init(_ row: Row, _ zone: LocalZone) throws(StoreError) {
    self.zone = zone
    id = try row.int("id")
    name = try row.text("name")
    number = try row.text("studentid")
    startedAt = try row.optionalUnixSeconds("starttime")
    endedAt = try row.optionalUnixSeconds("endtime")
    isPresent = try row.int("status") == 1
    week = Hours(hundredths: try row.int("weektime", in: Hours.bounds))
    total = Hours(hundredths: try row.int("totaltime", in: Hours.bounds))
    mailbox = try row.optionalText("qq")
    avatar = try row.optionalText("avatar")
  }

  /// The documented object, which has neither mailbox nor picture.
  /// - Parameter isLive: adds the moments in Unix milliseconds, which no change of the clock makes
  ///   ambiguous. The documented calls leave them out for clients that refuse unknown members.
  func write(to writer: inout JSONWriter, isLive: Bool = false) {
    writer.object { writer in
      writer.member("name", name)
      writer.member("id", id)
      writer.member("endTime", moment: endedAt, zone)
      writer.member("startTime", moment: startedAt, zone)
      writer.member("status", isPresent ? 1 : 0)
      writer.member("weekTime", week.number)
      writer.member("totalTime", total.number)
      writer.member("studentid", number)
      if isLive {
        writer.member("startedAt", JSONValue(startedAt.map { Int($0) * 1000 }))
        writer.member("endedAt", JSONValue(endedAt.map { Int($0) * 1000 }))
      }
    }
  }

  var encoded: [UInt8] { JSONWriter.bytes { write(to: &$0) } }
  var json: JSONValue { .raw(encoded) }
  /// The object as the topics have it.
  var live: [UInt8] { JSONWriter.bytes { write(to: &$0, isLive: true) } }
}

extension [Person] {
  var json: JSONValue {
    .raw(
      JSONWriter.bytes(capacity: 2 + count * 192) { writer in
        writer.array { writer in
          for person in self { person.write(to: &writer) }
        }
      })
  }
}

extension JSONWriter {
  /// A moment in Unix seconds as the lab's clock shows it, or null.
  mutating func member(_ key: StaticString, moment seconds: Int64?, _ zone: LocalZone) {
    self.key(key)
    guard let seconds else { return null() }
    value(zone.time(at: seconds * 1000).dateTime)
  }
}
