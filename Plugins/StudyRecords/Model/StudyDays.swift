internal import JSON
internal import PluginKit

/// The hours of study per day of a calendar, for a range of days in the server's zone.
struct StudyDays: Sendable {
  private static let secondsPerDay: Int64 = 86_400

  private let zone: LocalZone
  /// Unix seconds of the first midnight and of the one after the last day.
  let begin: Int64
  let end: Int64

  var count: Int { Int((end - begin) / StudyDays.secondsPerDay) }

  /// From the first and the last day, written like `2017-03-25`.
  init?(from first: String, to last: String, zone: LocalZone) {
    guard let first = zone.time("\(first) 00:00:00"), let last = zone.time("\(last) 00:00:00"),
      first.unixMilliseconds <= last.unixMilliseconds
    else { return nil }
    self.zone = zone
    begin = first.unixMilliseconds / 1000
    end = last.unixMilliseconds / 1000 + StudyDays.secondsPerDay
  }

  /// The seconds of each day with any. Records that overlap count once. `spans` come by their start.
  func seconds(of spans: [Range<Int64>]) -> [(date: String, seconds: Int64)] {
    var totals: [Int64: Int64] = [:]
    var counted = begin
    for span in spans {
      var from = max(span.lowerBound, counted)
      let to = min(span.upperBound, end)
      while from < to {
        let day = (from - begin) / StudyDays.secondsPerDay
        let midnight = begin + (day + 1) * StudyDays.secondsPerDay
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
      "zone_offset": JSONValue(zone.offsetSeconds),
    ]
  }

  private func date(_ day: Int64) -> String {
    zone.time(at: (begin + day * StudyDays.secondsPerDay) * 1000).date
  }
}
