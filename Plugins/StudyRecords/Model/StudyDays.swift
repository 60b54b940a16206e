internal import JSON
internal import PluginKit
internal import TimeZones

/// The hours of study per day of a calendar, for a range of days in the server's zone.
///
/// A day ends at the next midnight, which is 23 or 25 hours away where the clock is changed.
struct StudyDays: Sendable {
  private let zone: LocalZone
  /// Days since 1970-01-01.
  private let days: ClosedRange<Int>
  /// Unix seconds of the first midnight and of the one after the last day.
  let begin: Int64
  let end: Int64

  var count: Int { days.count }

  /// From the first and the last day, written like `2017-03-25`.
  init?(from first: String, to last: String, zone: LocalZone) {
    guard let first = LocalTime("\(first) 00:00:00", offsetSeconds: 0)?.civilDate.days,
      let last = LocalTime("\(last) 00:00:00", offsetSeconds: 0)?.civilDate.days, first <= last
    else { return nil }
    self.zone = zone
    days = first...last
    begin = StudyDays.midnight(of: first, in: zone)
    end = StudyDays.midnight(of: last + 1, in: zone)
  }

  /// The seconds of each day with any. Records that overlap count once. `spans` come by their start.
  func seconds(of spans: [Range<Int64>]) -> [(date: String, seconds: Int64)] {
    var totals: [Int: Int64] = [:]
    var counted = begin
    for span in spans {
      var from = max(span.lowerBound, counted)
      let to = min(span.upperBound, end)
      while from < to {
        let day = zone.time(at: from * 1000).civilDate.days
        let midnight = max(StudyDays.midnight(of: day + 1, in: zone), from + 1)
        totals[day, default: 0] += min(to, midnight) - from
        from = midnight
      }
      counted = max(counted, to)
    }
    return totals.sorted { $0.key < $1.key }.map { (date($0.key), $0.value) }
  }

  func json(_ spans: [Range<Int64>]) -> JSONValue {
    [
      "days": .array(
        seconds(of: spans).map { ["date": .string($0.date), "seconds": .int($0.seconds)] }),
      "zone": .string(zone.name),
      "zone_offset": JSONValue(zone.offsetSeconds(at: begin)),
    ]
  }

  private func date(_ day: Int) -> String {
    LocalTime(Int64(day) * 86_400_000, offsetSeconds: 0).date
  }

  private static func midnight(of day: Int, in zone: LocalZone) -> Int64 {
    zone.moment(of: TimeOfDay(0, 0), on: CivilDate(days: day)) / 1000
  }
}
