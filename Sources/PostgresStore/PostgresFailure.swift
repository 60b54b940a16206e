internal import CPostgres
internal import Storage

/// The server's report on a failed statement.
@safe struct PostgresFailure {
  let state: String
  let error: StoreError
  /// The unit of work lost a race against another one, or met a statement whose plan has become
  /// old; it may succeed when it is run again from its beginning.
  let mayBeRepeated: Bool

  /// An administrator ended the connection, and with it what was under way. A crash has another
  /// state, because it can come in the middle of a commit.
  var isDismissal: Bool { state == "57P01" }

  init(_ result: OpaquePointer) {
    func field(_ code: Int) -> String? {
      unsafe PQresultErrorField(result, Int32(code)).map { unsafe String(cString: $0) }
    }
    state = field(CPOSTGRES_SQLSTATE) ?? ""
    let text = field(CPOSTGRES_MESSAGE) ?? "no reason given"
    let detail = field(CPOSTGRES_DETAIL)
    let isStale = field(CPOSTGRES_FUNCTION) == "RevalidateCachedQuery"
    mayBeRepeated = ["40001", "40P01", "26000"].contains(state) || (state == "0A000" && isStale)

    let code = Self.code(of: state)
    // The words of a wrong statement are the plugin's own. Every other message may show values.
    let message = code == .syntax ? text : Self.sentence(for: code)
    let words = detail.map { "\(text): \($0)" } ?? text
    var error = StoreError(code, message, detail: "PostgreSQL \(state): \(words)")
    error.table = field(CPOSTGRES_TABLE)
    if let column = field(CPOSTGRES_COLUMN) {
      error.columns = [column]
    } else if code == .unique, let detail {
      error.columns = Self.columns(in: detail)
    }
    self.error = error
  }

  /// Reads the names in `Key (name, tel)=(…) already exists.`, which has its brackets in every
  /// language.
  private static func columns(in detail: String) -> [String] {
    guard let start = detail.firstIndex(of: "("), let end = detail.firstRange(of: ")=(") else {
      return []
    }
    return detail[detail.index(after: start)..<end.lowerBound].split(separator: ",")
      .map { String($0.drop(while: \.isWhitespace)) }
  }

  private static func code(of state: String) -> StoreError.Code {
    switch state {
    case "23505", "23P01": .unique
    case "23503": .foreignKey
    case "23502": .notNull
    case "23514": .check
    case "40001", "40P01", "55P03": .busy
    case "57014": .timeout
    case "53100": .full
    case "25006": .readOnly
    default: codeOfClass(state.prefix(2))
    }
  }

  private static func codeOfClass(_ state: Substring) -> StoreError.Code {
    switch state {
    case "08", "28", "3D", "53", "57", "58": .unavailable
    case "0A", "26", "42": .syntax
    case "22", "54": .unstorable
    case "XX": .corrupt
    default: .other
    }
  }

  private static func sentence(for code: StoreError.Code) -> String {
    switch code {
    case .unique: "a value that must be the only one is already there"
    case .foreignKey: "a row points to a row that does not exist, or is pointed to"
    case .notNull: "a column that needs a value got none"
    case .check: "a rule of the table refused the row"
    case .busy: "others changed the same rows again and again"
    case .full: "no room is left on the server's disk"
    case .readOnly: "the database, or this unit of work, can only be read"
    case .corrupt: "the server found damage"
    case .timeout: "the statement took longer than it may"
    case .unavailable: "the server does not serve us now"
    case .unstorable: "a value does not fit into its column"
    case .overloaded, .ambiguous, .tooNew, .syntax, .mismatch, .other: "the database failed"
    }
  }
}
