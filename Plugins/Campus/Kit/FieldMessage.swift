/// The sentences with which fields are refused.
enum FieldMessage {
  static let missing = "该字段是必填项。"
  static let null = "该字段不能为 null。"
  static let empty = "该字段不能为空。"
  static let notText = "不是有效的字符串。"
  static let nullCharacter = "不允许空字符。"
  static let notInteger = "请填写合法的整数值。"
  static let notFlag = "必须是有效的布尔值。"
  static let badMail = "请输入合法的邮件地址。"
  static let badMoment =
    "日期时间格式错误。请从这些格式中选择：YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]。"

  static func tooLong(_ longest: Int) -> String { "请确保这个字段不能超过 \(longest) 个字符。" }
  static func unknownKey(_ key: Int64) -> String { "无效主键 “\(key)” － 对象不存在。" }
  static func notKey(_ type: String) -> String { "类型错误。期望为主键，获得的类型为 \(type)。" }
  static func notObject(_ type: String) -> String { "无效数据。期待为字典类型，得到的是 \(type) 。" }
}
