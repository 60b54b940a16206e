internal import PluginKit

/// The meaning of each field of a line, from the file's first line.
struct ImportColumns {
  static let names =
    ["login", "name", "password", "password_hash", "roles", "email", "avatar", "active"]
    + ProfileKind.allCases.map(\.rawValue)

  private let positions: [String: Int]
  let count: Int

  init(_ heading: CSVRecord) throws(ImportError) {
    var positions: [String: Int] = [:]
    let first = heading.fields.first ?? ""
    if heading.fields.count == 1, let other = first.first(where: { ";\t|".contains($0) }) {
      let name = other == "\t" ? "a tab" : "\(other)"
      throw ImportError(
        line: heading.line,
        reason: "the columns are separated by \(name): save the file with commas")
    }
    for (index, field) in heading.fields.enumerated() {
      let name = ImportColumns.trimmed(field).lowercased()
      guard ImportColumns.names.contains(name) else {
        throw ImportError(
          line: heading.line,
          reason: "unknown column \(name); there are \(ImportColumns.names.joined(separator: ", "))"
        )
      }
      guard positions.updateValue(index, forKey: name) == nil else {
        throw ImportError(line: heading.line, reason: "the column \(name) is there twice")
      }
    }
    guard positions["login"] != nil else {
      throw ImportError(line: heading.line, reason: "there is no column login")
    }
    self.positions = positions
    count = heading.fields.count
  }

  /// The account that a line describes.
  func row(_ record: CSVRecord, _ rules: RegistrationRules) throws(ImportError) -> ImportRow {
    guard record.fields.count == count else {
      throw ImportError(
        line: record.line,
        reason: "has \(record.fields.count) fields, the first line has \(count)")
    }
    let login = text("login", record) ?? ""
    var account = NewAccount(
      login: login, name: text("name", record) ?? login, password: text("password", record),
      roles: try roles(record))
    account.avatar = text("avatar", record) ?? ""
    account.email = text("email", record)
    account.isActive = try isActive(record)
    for kind in ProfileKind.allCases { account.profiles[kind] = text(kind.rawValue, record) }
    do {
      try AccountRules.check(account)
      if let password = account.password { try rules.check(password: password) }
    } catch {
      throw ImportError(line: record.line, reason: error.detail)
    }
    return ImportRow(
      line: record.line, account: account, hash: try hash(record), given: Set(positions.keys))
  }

  private func hash(_ record: CSVRecord) throws(ImportError) -> String? {
    guard let hash = text("password_hash", record) else { return nil }
    guard Secrets.isHash(hash) else {
      throw ImportError(line: record.line, reason: "password_hash is no $scrypt$… text")
    }
    return hash
  }

  private func roles(_ record: CSVRecord) throws(ImportError) -> Roles {
    guard let text = text("roles", record) else { return .student }
    var roles: Roles = []
    for word in text.split(whereSeparator: { " ,;|".contains($0) }) {
      guard let role = Roles(name: word.lowercased()) else {
        throw ImportError(
          line: record.line,
          reason: "unknown role \(word); there are student, teacher, staff, admin")
      }
      roles.insert(role)
    }
    return roles
  }

  private func isActive(_ record: CSVRecord) throws(ImportError) -> Bool {
    switch text("active", record)?.lowercased() {
    case nil, "yes", "true", "1": return true
    case "no", "false", "0": return false
    case let other?:
      throw ImportError(line: record.line, reason: "active is yes or no, not \(other)")
    }
  }

  /// Nil if the column is missing or empty.
  private func text(_ column: String, _ record: CSVRecord) -> String? {
    guard let position = positions[column] else { return nil }
    let text = ImportColumns.trimmed(record.fields[position])
    return text.isEmpty ? nil : text
  }

  private static func trimmed(_ text: String) -> String {
    let blank: (Character) -> Bool = { $0.isWhitespace }
    return String(text.drop(while: blank).reversed().drop(while: blank).reversed())
  }
}

/// One parsed line of an import.
struct ImportRow: Sendable {
  let line: Int
  var account: NewAccount
  /// The hash from the file, or of the password in it.
  var hash: String?
  /// The columns that the file has: an update leaves the others as they are.
  let given: Set<String>
}

/// The error of a line.
public struct ImportError: Error, Sendable, Equatable {
  public let line: Int
  public let reason: String
}
