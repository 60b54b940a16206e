public import PluginKit

extension CheckInPlugin {
  public static var settings: [Setting] {
    [
      Setting(
        Admission.networks,
        .list([
          "127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
          "169.254.0.0/16", "fc00::/7", "fe80::/10",
        ]),
        "Networks from which everybody may check in and out and read without a login, as the"
          + " documents have it. Empty closes the open form."),
      Setting(
        "allowed_origins", .list([]),
        "Web sites whose pages may call these paths and read the answers, beside the server's own"
          + " origins. * stands for every site; its pages then come without cookies."),
      Setting(
        "opening_hours", .flag(false), "Whether checking in and out is possible only at times."),
      Setting("opens_at", .text("07:00"), "The last minute before the lab opens."),
      Setting("closes_at", .text("23:30"), "The first minute in which the lab is closed."),
      Setting(
        "nightly_at", .text("23:30"),
        "When everybody who is still there is checked out. Read at the start."),
      Setting(
        "weekly_on", .text("sunday"),
        "The day on which the week is exported and reset. Read at the start."),
      Setting(
        "export_at", .text("23:40"), "When the week is exported on that day. Read at the start."),
      Setting(
        "reset_at", .text("23:50"),
        "When the hours of the week begin anew on that day. Read at the start."),
      Setting(
        "export_mail", .text(""), "Who gets the weekly table by mail. Empty sends it to nobody."),
    ]
  }
}

/// When the jobs run.
struct JobTimes: Sendable {
  let night: TimeOfDay
  let day: Weekday
  let export: TimeOfDay
  let reset: TimeOfDay

  /// Throws a sentence for the operator when one of the settings is no time.
  init(_ settings: Settings) throws {
    func time(_ key: String) throws -> TimeOfDay {
      let text = settings.text(key)
      guard let time = TimeOfDay(text) else {
        throw PluginError.invalid("checkin.\(key) is \(text), not a time like 23:30")
      }
      return time
    }
    night = try time("nightly_at")
    export = try time("export_at")
    reset = try time("reset_at")
    _ = try time("opens_at")
    _ = try time("closes_at")
    let name = settings.text("weekly_on")
    guard let day = Weekday(name: name) else {
      throw PluginError.invalid("checkin.weekly_on is \(name), not a day like sunday")
    }
    self.day = day
  }
}
