internal import PluginKit

/// The hours of checking in and out, if they are limited at all.
struct OpeningHours: Sendable {
  let settings: Settings
  let zone: LocalZone

  /// Whole minutes strictly between opening and closing: from 07:01 until the end of 23:29.
  func areOpen(at moment: Int64) -> Bool {
    guard settings.flag("opening_hours") else { return true }
    guard let opening = TimeOfDay(settings.text("opens_at")),
      let closing = TimeOfDay(settings.text("closes_at"))
    else { return true }
    let now = zone.time(at: moment)
    let minute = now.hour * 60 + now.minute
    return minute > opening.minutes && minute < closing.minutes
  }
}

extension TimeOfDay {
  fileprivate var minutes: Int { hour * 60 + minute }
}
