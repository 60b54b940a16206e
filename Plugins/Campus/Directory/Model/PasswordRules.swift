/// The rules for a new password, with the sentences of the original.
struct PasswordRules {
  private static let shortest = 8
  private static let mostAlike = 0.7

  /// The owner's data by their documented names.
  let attributes: [(name: String, value: String)]

  init(username: String, name: PersonName, email: String?) {
    attributes = [
      ("用户名", username), ("名字", name.first), ("姓氏", name.last), ("电子邮件地址", email ?? ""),
    ]
  }

  static func tooShort(_ shortest: Int) -> String { "密码长度太短。密码必须包含至少 \(shortest) 个字符。" }

  /// The sentences of the rules that a password breaks.
  func refusals(of password: String) -> [String] {
    var refusals: [String] = []
    if let attribute = attributes.first(where: { isAlike(password, $0.value) }) {
      refusals.append("密码跟 \(attribute.name) 太相似了。")
    }
    if password.unicodeScalars.count < PasswordRules.shortest {
      refusals.append(PasswordRules.tooShort(PasswordRules.shortest))
    }
    if CommonPasswords.contains(password) { refusals.append("这个密码太常见了。") }
    if !password.isEmpty, password.unicodeScalars.allSatisfy({ $0.properties.numericType != nil }) {
      refusals.append("密码只包含数字。")
    }
    return refusals
  }

  /// Whether a password shares most of its letters with a value or with one of its words.
  private func isAlike(_ password: String, _ value: String) -> Bool {
    let words = value.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }
    return (words + [Substring(value.lowercased())]).contains { word in
      PasswordRules.likeness(password.lowercased(), String(word)) >= PasswordRules.mostAlike
    }
  }

  /// Twice the number of common characters, in relation to all characters of both.
  private static func likeness(_ a: String, _ b: String) -> Double {
    guard !b.isEmpty else { return 0 }
    var left: [Unicode.Scalar: Int] = [:]
    for scalar in b.unicodeScalars { left[scalar, default: 0] += 1 }
    var common = 0
    for scalar in a.unicodeScalars {
      guard let count = left[scalar], count > 0 else { continue }
      left[scalar] = count - 1
      common += 1
    }
    return 2 * Double(common) / Double(a.unicodeScalars.count + b.unicodeScalars.count)
  }
}
