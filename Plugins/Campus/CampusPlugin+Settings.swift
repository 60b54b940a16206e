public import PluginKit

/// The names of the settings.
enum Keys {
  static let weChat = "wechat"
  static let weChatApp = "wechat_app_id"
  static let weChatSecret = "wechat_secret"
  static let listsDepartment = "my_department"
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
    ]
  }

  public static func check(_ settings: Settings) -> [SettingProblem] {
    let kind = settings.text(Keys.weChat)
    guard WeChatKind(rawValue: kind) != nil else {
      return [SettingProblem(Keys.weChat, "is table or service, not \"\(kind)\"")]
    }
    guard kind == WeChatKind.service.rawValue else { return [] }
    var problems: [SettingProblem] = []
    if settings.text(Keys.weChatApp).isEmpty {
      problems.append(SettingProblem(Keys.weChatApp, "is needed for wechat: service"))
    }
    if settings.secret(Keys.weChatSecret).isEmpty {
      problems.append(SettingProblem(Keys.weChatSecret, "is needed for wechat: service"))
    }
    return problems
  }
}
