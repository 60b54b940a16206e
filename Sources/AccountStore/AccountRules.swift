internal import PluginKit
internal import UnicodeText

/// The rules for every account, however it was made. They cover only values that would break
/// something; the shortest password is one of the `RegistrationRules`.
enum AccountRules {
  static let longestPassword = 1024
  /// Bytes of a login, a name, an address or a profile.
  static let longest = 255

  static func check(_ account: NewAccount) throws(AccountError) {
    try check(
      login: account.login, name: account.name, email: account.email, profiles: account.profiles)
    if let password = account.password { try check(password: password) }
  }

  /// Refuses identifiers that only the staff gives, because they would confirm the account.
  static func checkSelfMade(_ account: NewAccount) throws(AccountError) {
    let given: [ProfileKind] =
      account.hasProvenNumber ? [.staffName] : [.studentNumber, .staffName]
    for kind in given where account.profiles[kind] != nil {
      throw AccountError(.invalid, "\(kind.rawValue) is given by the staff")
    }
    try checkSelfMade(login: account)
  }

  /// After a quote inside of a quoted field: its end, or half of a doubled one.
  private static func checkSelfMade(login account: NewAccount) throws(AccountError) {
    let form = ComparisonForm(account.login)
    let own = [account.email, account.profiles[.studentNumber]].compactMap(\.self)
    if own.contains(where: { ComparisonForm($0) == form }) { return }
    guard form.text.utf8.contains(where: { !(48...57).contains($0) }) else {
      throw AccountError(.invalid, "the name must not have digits only")
    }
    guard !form.text.utf8.contains(UInt8(ascii: "@")) else {
      throw AccountError(.invalid, "the name must not contain an @")
    }
  }

  static func check(_ account: Account) throws(AccountError) {
    try check(
      login: account.login, name: account.name, email: account.email, profiles: account.profiles)
  }

  static func check(password: String) throws(AccountError) {
    guard !password.isEmpty, password.utf8.count <= longestPassword else {
      throw AccountError(.invalid, "a password has 1 to \(longestPassword) bytes")
    }
  }

  private static func check(
    login: String, name: String, email: String?, profiles: [ProfileKind: String]
  ) throws(AccountError) {
    try check(login, "the login")
    // HTTP Basic ends the user name at the first colon (RFC 7617, 2).
    guard !login.unicodeScalars.contains(":") else {
      throw AccountError(.invalid, "the login must not contain a colon")
    }
    try check(name, "the name")
    if let email {
      try check(email, "the e-mail address")
      guard isAddress(email) else { throw AccountError(.invalid, "no e-mail address: \(email)") }
    }
    for (kind, value) in profiles { try check(value, kind.rawValue) }
  }

  private static func check(_ text: String, _ what: String) throws(AccountError) {
    guard !text.isEmpty, text.utf8.count <= longest else {
      throw AccountError(.invalid, "\(what) has 1 to \(longest) bytes")
    }
    guard text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
      throw AccountError(.invalid, "\(what) must not contain control characters")
    }
    guard !ComparisonForm(text).isEmpty else {
      throw AccountError(.invalid, "\(what) has no visible characters")
    }
    guard text.first?.isWhitespace == false, text.last?.isWhitespace == false else {
      throw AccountError(.invalid, "\(what) must not begin or end with a blank")
    }
  }

  private static func isAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && !$0.contains(" ") }
  }
}
