public import PluginKit

/// The names of the settings.
enum Keys {
  static let weChat = "wechat"
  static let weChatApp = "wechat_app_id"
  static let weChatSecret = "wechat_secret"
  static let listsDepartment = "my_department"
  static let qrLink = "qr_link"
  static let explainsRefusals = "explain_refusals"
  static let flagsSharedPhones = "flag_shared_phones"
  static let signsReceipts = "signed_receipts"
  static let secondLook = "second_look"
  static let thresholdPercent = "threshold_percent"
  static let bookingGrid = "booking_grid_minutes"
  static let shortestBooking = "booking_shortest_minutes"
  static let longestBooking = "booking_longest_minutes"
  static let privateTitles = "private_titles"
}

extension CampusPlugin {
  public static var settings: [Setting] {
    [
      Setting(
        Keys.weChat, .text("table"),
        "How a code of a WeChat client becomes its account: service asks WeChat over https, table"
          + " looks into the example data and refuses everyone without it."),
      Setting(Keys.weChatApp, .text(""), "The id of the mini-program, for wechat: service."),
      Setting(
        Keys.weChatSecret, .secret(""),
        "The secret of the mini-program, or file:/path of a file with it."),
      Setting(
        Keys.listsDepartment, .flag(false),
        "Whether the list of one's own contacts shows the whole department, too. The document"
          + " shows colleagues."),
      Setting(
        Keys.qrLink, .text(""),
        "The address of the page for scans, such as https://muster.example.edu/scan. With it the"
          + " pictures of clock-in codes are links that any phone's camera opens; clients that know"
          + " the documented text alone cannot read those."),
      Setting(
        Keys.explainsRefusals, .flag(true),
        "Whether a refused scan names the activity and the times of its item to clients that ask"
          + " for it with explain: true."),
      Setting(
        Keys.flagsSharedPhones, .flag(true),
        "Whether staff sees that one phone clocked in several people at one activity. The"
          + " clock-ins count all the same."),
      Setting(
        Keys.signsReceipts, .flag(true),
        "Whether users get signed receipts of their clock-ins. The key is in the database."),
      Setting(
        Keys.secondLook, .flag(false),
        "Whether the staff may ask for a second scan at a random moment. While one is asked for,"
          + " a second scan is answered with 200 instead of the documented refusal."),
      Setting(
        Keys.thresholdPercent, .number(0),
        "Those who did less than this share of an activity's clock-in items are told by mail when"
          + " it has ended, and so is the staff of its items. 0 tells nobody."),
      Setting(
        Keys.bookingGrid, .number(5),
        "The times of room reservations are floored to so many minutes: 1, 5, 10, 15, 20, 30 or"
          + " 60."),
      Setting(Keys.shortestBooking, .number(10), "The shortest room reservation in minutes."),
      Setting(
        Keys.longestBooking, .number(180),
        "The longest room reservation in minutes, 1440 at the most."),
      Setting(
        Keys.privateTitles, .flag(false),
        "Whether doors, pages and events hide the holder and the purpose of a reservation from"
          + " everybody but the holder and the staff."),
    ]
  }

  public static func check(_ settings: Settings) -> [SettingProblem] {
    let kind = settings.text(Keys.weChat)
    guard WeChatKind(rawValue: kind) != nil else {
      return [SettingProblem(Keys.weChat, "is table or service, not \"\(kind)\"")]
    }
    var problems =
      linkProblems(settings.text(Keys.qrLink))
      + settings.rangeProblems(Keys.thresholdPercent, 0...100) + bookingProblems(settings)
    guard kind == WeChatKind.service.rawValue else { return problems }
    if settings.text(Keys.weChatApp).isEmpty {
      problems.append(SettingProblem(Keys.weChatApp, "is needed for wechat: service"))
    }
    if settings.secret(Keys.weChatSecret).isEmpty {
      problems.append(SettingProblem(Keys.weChatSecret, "is needed for wechat: service"))
    }
    return problems
  }

  private static func bookingProblems(_ settings: Settings) -> [SettingProblem] {
    let longest = BookingRules.longestMinutes
    var problems =
      settings.rangeProblems(Keys.shortestBooking, 1...longest)
      + settings.rangeProblems(Keys.longestBooking, 1...longest)
    if !BookingRules.grids.contains(settings.number(Keys.bookingGrid)) {
      problems.append(SettingProblem(Keys.bookingGrid, "is 1, 5, 10, 15, 20, 30 or 60"))
    }
    if settings.number(Keys.shortestBooking) > settings.number(Keys.longestBooking) {
      problems.append(
        SettingProblem(Keys.shortestBooking, "is not more than \(Keys.longestBooking)"))
    }
    return problems
  }

  private static func linkProblems(_ link: String) -> [SettingProblem] {
    let isUsable =
      link.hasPrefix("https://") && link.utf8.count <= 200
      && link.utf8.allSatisfy { (33...126).contains($0) && $0 != UInt8(ascii: "#") }
    guard !link.isEmpty, !isUsable else { return [] }
    return [SettingProblem(Keys.qrLink, "is an https address without a #, not \"\(link)\"")]
  }
}
