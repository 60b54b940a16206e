internal import PluginKit
internal import Storage
internal import UnicodeText

/// The options of an import.
public struct ImportOptions: Sendable {
  /// Undoes the whole import at the end: the report is that of a real run.
  public var isDryRun = false
  /// Changes accounts that exist already, in the columns that the file has. Otherwise their lines
  /// are errors.
  public var updatesExisting = false

  public init(isDryRun: Bool = false, updatesExisting: Bool = false) {
    self.isDryRun = isDryRun
    self.updatesExisting = updatesExisting
  }
}

/// The result of one line.
public struct ImportLine: Sendable, Equatable {
  public enum Outcome: Sendable, Equatable {
    case created
    case updated
    case unchanged
    case failed(String)
  }
  public let line: Int
  public let login: String
  public let outcome: Outcome
}

public struct ImportSummary: Sendable, Equatable {
  public var created = 0
  public var updated = 0
  public var unchanged = 0
  public var failed = 0

  mutating func count(_ outcome: ImportLine.Outcome) {
    switch outcome {
    case .created: created += 1
    case .updated: updated += 1
    case .unchanged: unchanged += 1
    case .failed: failed += 1
    }
  }
}

/// Imports accounts from a CSV file, portion by portion.
///
/// The first line names the columns: `login` (needed), `name`, `password`, `password_hash`, `roles`,
/// `email`, `avatar`, `active` and the profiles (`student_number`, …). A line that is wrong is
/// reported and the others are taken; only a file that is no CSV stops the import.
public struct AccountImport: ~Copyable {
  /// Rows in one unit of work: few enough to let others write in between.
  private static let batch = 250

  private let accounts: StoredAccounts
  private let options: ImportOptions
  private var parser = CSVParser()
  private var columns: ImportColumns?
  private var rows: [ImportRow] = []
  private var seen = SeenNames()
  public private(set) var summary = ImportSummary()

  public init(into accounts: StoredAccounts, options: ImportOptions) {
    self.accounts = accounts
    self.options = options
  }

  /// Takes a portion of the file. `report` is called for each line in it that was finished.
  public mutating func append(_ bytes: [UInt8], report: (ImportLine) -> Void) async throws {
    parser.append(bytes)
    try await takeRecords(report)
  }

  /// Ends the file.
  public mutating func finish(report: (ImportLine) -> Void) async throws {
    parser.finish()
    try await takeRecords(report)
    try await store(report)
    guard columns != nil else { throw ImportError(line: 1, reason: "the file is empty") }
  }

  private mutating func takeRecords(_ report: (ImportLine) -> Void) async throws {
    while let record = try nextRecord() {
      guard let columns else {
        columns = try ImportColumns(record)
        continue
      }
      take(record, columns, report)
      if rows.count >= AccountImport.batch { try await store(report) }
    }
  }

  private mutating func nextRecord() throws(ImportError) -> CSVRecord? {
    do { return try parser.next() } catch { throw ImportError(error) }
  }

  private mutating func take(
    _ record: CSVRecord, _ columns: ImportColumns, _ report: (ImportLine) -> Void
  ) {
    do {
      let row = try columns.row(record, accounts.rules)
      try seen.insert(row)
      rows.append(row)
    } catch {
      let login = record.fields.first ?? ""
      tell(ImportLine(line: error.line, login: login, outcome: .failed(error.reason)), report)
    }
  }

  private mutating func tell(_ line: ImportLine, _ report: (ImportLine) -> Void) {
    summary.count(line.outcome)
    report(line)
  }

  private mutating func store(_ report: (ImportLine) -> Void) async throws {
    guard !rows.isEmpty else { return }
    let batch = try await accounts.hashed(rows, isDryRun: options.isDryRun)
    rows.removeAll(keepingCapacity: true)
    for line in try await accounts.store(batch, options) { tell(line, report) }
  }
}

/// Identifiers in earlier lines of the same file, with the line.
private struct SeenNames {
  private var lines: [ComparisonForm: Int] = [:]

  mutating func insert(_ row: ImportRow) throws(ImportError) {
    let identifiers = row.account.identifiers
    for identifier in identifiers {
      guard let line = lines[identifier.form] else { continue }
      throw ImportError(
        line: row.line, reason: "\(identifier.kind) \(identifier.text) is in line \(line) already")
    }
    for identifier in identifiers { lines[identifier.form] = row.line }
  }
}

extension ImportError {
  init(_ error: CSVError) {
    let reason =
      switch error.code {
      case .strayQuote: "a quote inside of a field that does not begin with one"
      case .textAfterQuote: "text behind the closing quote"
      case .unterminatedQuote: "the quote that begins here is never closed"
      case .notUTF8: "not UTF-8: save the file as \"CSV UTF-8\""
      case .tooLong: "a field of more than 65536 bytes"
      case .tooManyFields: "more than 64 fields"
      }
    self.init(line: error.line, reason: reason)
  }
}
