public import PluginKit

/// The names of the settings.
enum Keys {
  static let isPrivate = "private"
  static let singleOpen = "single_open"
  static let tokenSeconds = "token_seconds"
  static let check = "student_check"
  static let checkURL = "check_url"
  static let checkSeconds = "check_seconds"
}

extension StudyRecordsPlugin {
  public static var settings: [Setting] {
    [
      Setting(
        Keys.isPrivate, .flag(false),
        "Whether users see only their own records. The document shows everyone's to every user."),
      Setting(
        Keys.singleOpen, .flag(false), "Whether a user can have only one open record at a time."),
      Setting(
        Keys.tokenSeconds, .number(3600), "Seconds for which a token of this system is good."),
      Setting(
        Keys.check, .text("table"),
        "How a registration proves that the number is the student's: service asks check_url,"
          + " always accepts every pair, is for development and leaves the confirmation of"
          + " accounts to the staff, table looks into the example data"
          + " and refuses everyone without it."),
      Setting(
        Keys.checkURL, .text(""),
        "The service of the college for student_check: service. It gets a POST of stu_id and"
          + " stu_pwd as JSON over https and answers with 200 (right), 402 (wrong) or 401 (again)."),
      Setting(
        Keys.checkSeconds, .number(10),
        "Seconds after which the service of the college counts as unavailable."),
    ]
  }

  public static func warnings(_ settings: Settings) -> [SettingProblem] {
    guard settings.text(Keys.check) == CheckKind.always.rawValue else { return [] }
    return [
      SettingProblem(
        Keys.check,
        "is always: everyone who may register can, and the staff has to confirm each account")
    ]
  }

  public static func check(_ settings: Settings) -> [SettingProblem] {
    var problems = settings.rangeProblems(Keys.tokenSeconds, 60...2_592_000)
    problems += settings.rangeProblems(Keys.checkSeconds, 1...30)
    let (kind, url) = (settings.text(Keys.check), settings.text(Keys.checkURL))
    if CheckKind(rawValue: kind) == nil {
      problems.append(
        SettingProblem(Keys.check, "is table, service or always, not \"\(kind)\""))
    }
    let isURL = url.hasPrefix("https://") && url.utf8.count > "https://".utf8.count
    if !isURL && (kind == CheckKind.service.rawValue || !url.isEmpty) {
      problems.append(
        SettingProblem(Keys.checkURL, "wants an address that begins with https://, not \"\(url)\""))
    }
    return problems
  }
}
