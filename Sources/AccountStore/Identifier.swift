internal import PluginKit
internal import UnicodeText

/// A text that names one account: its login, its e-mail address or one of its profiles.
struct Identifier: Sendable, Hashable {
  /// The name for operators, such as `login` or `student_number`.
  let kind: String
  let text: String
  let form: ComparisonForm
  let takenCode: AccountError.Code

  init(_ kind: String, _ text: String, _ takenCode: AccountError.Code) {
    self.kind = kind
    self.text = text
    self.takenCode = takenCode
    form = ComparisonForm(text)
  }

  static func all(
    login: String, email: String?, profiles: [ProfileKind: String]
  ) -> [Identifier] {
    var all = [Identifier("login", login, .loginTaken)]
    if let email { all.append(Identifier("email", email, .emailTaken)) }
    for kind in ProfileKind.allCases {
      if let value = profiles[kind] {
        all.append(Identifier(kind.rawValue, value, .profileTaken))
      }
    }
    return all
  }
}

extension Account {
  /// Its texts by their bytes: an import may correct a normalization, which Swift's strings ignore.
  var spelling: [String: [UInt8]] {
    var texts = ["login": login, "name": name, "avatar": avatar, "email": email ?? ""]
    for (kind, value) in profiles { texts["profile \(kind.rawValue)"] = value }
    return texts.mapValues { Array($0.utf8) }
  }

  var identifiers: [Identifier] {
    Identifier.all(login: login, email: email, profiles: profiles)
  }
}

extension NewAccount {
  var identifiers: [Identifier] {
    Identifier.all(login: login, email: email, profiles: profiles)
  }
}
