internal import PluginKit

/// The times of the jobs.
struct JobTimes: Sendable {
  let night: TimeOfDay
  let day: Weekday
  let export: TimeOfDay
  let reset: TimeOfDay

  /// Throws the first sentence of `CheckInPlugin.check` if a setting is no time.
  init(_ settings: Settings) throws {
    if let problem = CheckInPlugin.check(settings).first {
      throw PluginError.invalid("checkin.\(problem.key) \(problem.message)")
    }
    guard let night = TimeOfDay(settings.text("nightly_at")),
      let day = Weekday(name: settings.text("weekly_on")),
      let export = TimeOfDay(settings.text("export_at")),
      let reset = TimeOfDay(settings.text("reset_at"))
    else { throw PluginError.invalid("checkin: the times of the jobs cannot be read") }
    self.night = night
    self.day = day
    self.export = export
    self.reset = reset
  }
}
