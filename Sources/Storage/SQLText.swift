/// One SQL text for both engines.
///
/// - A `?` is an argument, in order of appearance; `?2` is the second argument and may appear
///   twice. A statement uses one of the two forms. Quoted text and comments are left alone.
/// - `{id}` declares a primary key that the engine counts up, `{blob}` a column of bytes, `{text}`
///   a text column that sorts by its bytes everywhere.
/// - Other columns are `BIGINT`, `DOUBLE PRECISION` or `TEXT`; truth is a `BIGINT` of 0 and 1.
/// - Both engines know `RETURNING`, `ON CONFLICT … DO UPDATE`/`DO NOTHING`, `NULLS FIRST`/`LAST`,
///   `IS NOT DISTINCT FROM`, window functions, `WITH`, partial indexes and `count(*) FILTER`.
/// - `LIKE` looks at the case of letters on both; write `lower(a) LIKE lower(?)` where it must not.
/// - Sort with `NULLS FIRST` or `LAST` where nulls can be: the engines differ otherwise.
/// - Names are lower case with underscores: PostgreSQL folds the others.
public struct SQLText: Sendable {
  /// The statement in the engine's own words.
  public let text: String
  /// How many arguments it takes.
  public let parameters: Int

  public init(_ source: String, for engine: Engine) throws(StoreError) {
    try Self.refuseForeignWords(source)
    var translation = Translation(engine: engine)
    var scanner = SQLScanner(source)
    while let piece = scanner.next() { try translation.add(piece) }
    text = translation.text
    parameters = translation.parameters
  }

  /// Whether a statement only reads, judged by its first word.
  public static func isReading(_ sql: String) -> Bool {
    // The everyday case, seen without taking the statement apart.
    if sql.utf8.starts(with: "SELECT ".utf8) { return true }
    return ["select", "values", "with", "explain"].contains(firstWord(of: sql))
  }

  /// The word a statement begins with, in lower case; empty if the statement does not begin with a word.
  public static func firstWord(of sql: String) -> String {
    var scanner = SQLScanner(sql)
    while let piece = scanner.next() {
      if piece == .comment { continue }
      guard case .other(let text) = piece else { return "" }
      let start = text.drop { $0.isWhitespace || $0 == "(" }
      if !start.isEmpty { return start.prefix(while: \.isLetter).lowercased() }
    }
    return ""
  }

  private static func isReturnToSavepoint(_ sql: String) -> Bool {
    sql.lowercased().split(whereSeparator: \.isWhitespace).prefix(2) == ["rollback", "to"]
  }

  /// Units of work belong to the store: a plugin that committed by hand would store another's
  /// half-done work with its own.
  private static func refuseForeignWords(_ sql: String) throws(StoreError) {
    let word = firstWord(of: sql)
    let isReserved = [
      "begin", "start", "commit", "end", "abort", "attach", "detach", "pragma", "vacuum", "set",
      "reset", "copy", "listen", "notify", "prepare", "deallocate", "lock", "load",
    ].contains(word)
    let isRollback = word == "rollback" && !isReturnToSavepoint(sql)
    if isReserved || isRollback {
      throw StoreError(.syntax, "\(word.uppercased()) is not for plugins: use write, read, attempt")
    }
  }

  /// The statements of a text, split at semicolons that are not inside of quotes or comments.
  public static func statements(in source: String) -> [String] {
    var statements: [String] = []
    var current = ""
    var scanner = SQLScanner(source)
    while let piece = scanner.next() {
      switch piece {
      case .end:
        statements.append(current)
        current = ""
      case .comment: current += " "
      case .other(let text), .quoted(let text), .parameter(let text), .token(let text):
        current += text
      }
    }
    statements.append(current)
    return statements.map(trimmed).filter { !$0.isEmpty }
  }

  /// `?, ?, ?`: as many marks as a list has members.
  public static func marks(_ count: Int) -> String {
    repeatElement("?", count: count).joined(separator: ", ")
  }

  /// Whether a name can stand in a statement as it is.
  public static func isPlainName(_ name: String) -> Bool {
    let letters = name.utf8
    guard let first = letters.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
      return false
    }
    return letters.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }

  private static func trimmed(_ text: String) -> String {
    let blank: (Character) -> Bool = { $0.isWhitespace }
    return String(text.drop(while: blank).reversed().drop(while: blank).reversed())
  }
}

/// Writes the pieces of a statement down in one engine's words.
private struct Translation {
  let engine: Engine
  var text = ""
  var parameters = 0
  private var isNumbered: Bool?
  /// The last piece was an argument, whose type PostgreSQL cannot guess if it is only compared
  /// with null.
  private var isAfterParameter = false

  init(engine: Engine) { self.engine = engine }

  mutating func add(_ piece: SQLScanner.Piece) throws(StoreError) {
    switch piece {
    case .other(let more):
      if isAfterParameter && engine == .postgres && isNullCheck(more) { text += "::text" }
      text += more
    case .quoted(let more): text += more
    case .comment: text += " "
    case .end: text += ";"
    case .parameter(let mark): text += try parameter(mark)
    case .token(let token): text += try column(token)
    }
    if case .parameter = piece { isAfterParameter = true } else { isAfterParameter = false }
  }

  private func isNullCheck(_ text: String) -> Bool {
    let words = text.split(maxSplits: 3, whereSeparator: \.isWhitespace).map { $0.lowercased() }
    guard words.count > 1, words[0] == "is" else { return false }
    let last = words[1] == "not" && words.count > 2 ? words[2] : words[1]
    return last.prefix(while: \.isLetter) == "null"
  }

  private mutating func parameter(_ mark: String) throws(StoreError) -> String {
    let number = Int(mark.dropFirst())
    guard (number != nil) == (isNumbered ?? (number != nil)) else {
      throw StoreError(.syntax, "a statement counts its arguments with ? or with ?1, not with both")
    }
    isNumbered = number != nil
    let index = number ?? parameters + 1
    guard (1...32_000).contains(index) else {
      throw StoreError(.syntax, "arguments are counted from ?1 to ?32000")
    }
    parameters = max(parameters, index)
    return engine == .sqlite ? "?\(index)" : "$\(index)"
  }

  private func column(_ token: String) throws(StoreError) -> String {
    switch (token, engine) {
    case ("{id}", .sqlite): return "INTEGER PRIMARY KEY AUTOINCREMENT"
    case ("{id}", .postgres): return "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
    case ("{blob}", .sqlite): return "BLOB"
    case ("{blob}", .postgres): return "BYTEA"
    case ("{text}", .sqlite): return "TEXT"
    case ("{text}", .postgres): return "TEXT COLLATE \"C\""
    default: throw StoreError(.syntax, "\(token) is none of {id}, {blob}, {text}")
    }
  }
}
