public import PluginKit

extension CheckInPlugin {
  public static var settings: [Setting] {
    [
      Setting(
        AccessRules.networks,
        .list([
          "127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
          "169.254.0.0/16", "fc00::/7", "fe80::/10",
        ]),
        "Networks from which check-in, check-out and lists need no login, as the documents"
          + " have it. Empty closes the open form."),
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
        "When everyone still present is checked out. Read at the start.",
        isReloadable: false),
      Setting(
        "weekly_on", .text("sunday"),
        "The day on which the week is exported and reset. Read at the start.",
        isReloadable: false),
      Setting(
        "export_at", .text("23:40"), "When the week is exported on that day. Read at the start.",
        isReloadable: false),
      Setting(
        "reset_at", .text("23:50"),
        "When the hours of the week begin anew on that day. Read at the start.",
        isReloadable: false),
      Setting(
        "export_mail", .text(""),
        "Address to which the weekly table is mailed. Empty sends no mail."),
    ]
  }

  public static func check(_ settings: Settings) -> [SettingProblem] {
    var problems = settings.networkProblems(AccessRules.networks)
    for site in settings.list("allowed_origins") where !isSite(site) {
      problems.append(
        SettingProblem(
          "allowed_origins", "wants origins such as https://www.example.edu, or *, not \"\(site)\"")
      )
    }
    for key in ["opens_at", "closes_at", "nightly_at", "export_at", "reset_at"] {
      let text = settings.text(key)
      guard TimeOfDay(text) == nil else { continue }
      problems.append(SettingProblem(key, "wants a time such as 23:30, not \"\(text)\""))
    }
    let day = settings.text("weekly_on")
    if Weekday(name: day) == nil {
      problems.append(SettingProblem("weekly_on", "wants a day such as sunday, not \"\(day)\""))
    }
    let mail = settings.text("export_mail")
    if !mail.isEmpty && !mail.contains("@") {
      problems.append(SettingProblem("export_mail", "wants an e-mail address, not \"\(mail)\""))
    }
    return problems
  }

  private static func isSite(_ text: String) -> Bool {
    if text == "*" { return true }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 3 && ["http:", "https:"].contains(parts[0].lowercased())
      && parts[1].isEmpty && !parts[2].isEmpty
  }
}
