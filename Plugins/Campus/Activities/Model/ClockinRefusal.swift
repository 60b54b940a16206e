/// The documented reasons for which a clock-in is refused, in the order in which they are checked.
enum ClockinRefusal {
  static let badCode = Refusal.detail("打卡二维码异常或已过期，请重试。")
  static let expired = Refusal.detail("打卡二维码已过期，请重试。")
  static let outOfTime = Refusal.detail("打卡时间不在指定的时间范围内。")
  static let notEnrolled = Refusal.detail("您尚未报名该活动，无法进行本次打卡。")
  static let repeated = Refusal.detail("已存在该打卡记录。")
  /// Two minutes are over between a scan and its login.
  static let heldTooLong = Refusal.detail("扫码后超过两分钟未登录，请重新扫码。")
  static let noSuchActivity = Refusal.detail("该活动不存在。")
}
