internal import PluginKit

/// The grid and the limits of reservations.
struct BookingRules: Sendable, Hashable {
  /// Bookings are never longer, whatever is configured: the search for neighbours looks this far
  /// back.
  static let longestMinutes = 24 * 60
  static let grids = [1, 5, 10, 15, 20, 30, 60]

  let gridMinutes: Int
  let shortestMinutes: Int
  let mostMinutes: Int

  init(grid: Int = 5, shortest: Int = 10, most: Int = 180) {
    gridMinutes = BookingRules.grids.contains(grid) ? grid : 5
    shortestMinutes = min(max(shortest, 1), BookingRules.longestMinutes)
    mostMinutes = min(max(most, shortestMinutes), BookingRules.longestMinutes)
  }

  init(_ settings: Settings) {
    self.init(
      grid: settings.number(Keys.bookingGrid), shortest: settings.number(Keys.shortestBooking),
      most: settings.number(Keys.longestBooking))
  }

  private var grid: Int64 { Int64(gridMinutes) * Moment.minute }

  /// The last point of the grid that is not later.
  func floored(_ moment: Moment) -> Moment {
    let rest = moment.microseconds % grid
    return Moment(microseconds: moment.microseconds - (rest < 0 ? rest + grid : rest))
  }

  /// The first point of the grid that is not earlier.
  func raised(_ moment: Moment) -> Moment {
    let floor = floored(moment)
    return floor == moment ? floor : Moment(microseconds: floor.microseconds + grid)
  }

  /// `10分钟`, `3小时`
  private static func words(_ minutes: Int) -> String {
    minutes % 60 == 0 ? "\(minutes / 60)小时" : "\(minutes)分钟"
  }

  var lengthRefusal: String {
    "预约会议时间不得少于\(BookingRules.words(shortestMinutes))，"
      + "不得超过\(BookingRules.words(mostMinutes))。"
  }

  var windowRefusal: String { "预约会议时间不得少于\(BookingRules.words(shortestMinutes))。" }

  func allows(_ span: Range<Moment>) -> Bool {
    let length = span.upperBound.microseconds - span.lowerBound.microseconds
    return length >= Int64(shortestMinutes) * Moment.minute
      && length <= Int64(mostMinutes) * Moment.minute
  }

  /// The span of a new reservation. Throws the documented refusals.
  func span(from: Moment, to: Moment, now: Moment) throws(Refusal) -> Range<Moment> {
    let (from, to) = (floored(from), floored(to))
    guard from > now else { throw .nonField(ReservationRefusal.begun) }
    guard from < to, allows(from..<to) else { throw .nonField(lengthRefusal) }
    return from..<to
  }
}

/// The documented sentences.
enum ReservationRefusal {
  static let begun = "开始时间必须在现在以后。"
  static let taken = "会议室在该时间段已经被占用。"
  static let malformed = "非法参数。"
  static let searchBegun = "最早的开始时间必须在现在以后。"
  static let noWindow = "查询的开始和结束时间必须以正确格式给定。"
  static let notRunning = "该预约不在进行中。"
  static let over = "该预约已经结束。"
}

extension Moment {
  /// In microseconds.
  static let minute: Int64 = 60_000_000
}
