internal import CSQLite
internal import Storage

/// A prepared statement with its column names; finalised when nobody holds it any more.
///
/// Used by the one thread that owns its database.
@safe final class Statement {
  private let handle: OpaquePointer
  private let database: OpaquePointer
  private var columns: Columns
  private var preparations: Int32 = 0

  /// - Parameter database: outlives the statement; `Database` drops its statements before it closes.
  init(_ sql: String, on database: OpaquePointer, keepsLong: Bool) throws(StoreError) {
    var handle: OpaquePointer?
    var isWhole = true
    let flags = keepsLong ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
    let status = unsafe sql.withCString { text in
      var rest: UnsafePointer<CChar>?
      let status = unsafe sqlite3_prepare_v3(database, text, -1, flags, &handle, &rest)
      if let rest = unsafe rest { isWhole = unsafe Statement.isBlank(rest) }
      return status
    }
    guard status == SQLITE_OK else { throw unsafe StoreError(sqlite: status, on: database) }
    guard let handle = unsafe handle else { throw StoreError(.syntax, "the statement is empty") }
    unsafe self.handle = handle
    unsafe self.database = database
    columns = unsafe Statement.columns(of: handle)
    guard isWhole else { throw StoreError(.syntax, "one statement at a time") }
  }

  deinit { unsafe sqlite3_finalize(handle) }

  /// Binds, runs to the end and makes the statement ready for the next time.
  func run(_ arguments: [Value]) throws(StoreError) -> Answer {
    // The code of a failed step comes again from reset; it has been thrown by then.
    defer {
      unsafe sqlite3_reset(handle)
      unsafe sqlite3_clear_bindings(handle)
    }
    try bind(arguments)
    let before = unsafe sqlite3_total_changes64(database)
    let rows = try rows()
    // The direct count survives statements that change no rows, so it counts only after a change.
    let isChange = unsafe sqlite3_total_changes64(database) != before
    return Answer(rows: rows, changed: isChange ? Int(unsafe sqlite3_changes64(database)) : 0)
  }

  private func rows() throws(StoreError) -> [Row] {
    var rows: [Row] = []
    while true {
      switch unsafe sqlite3_step(handle) {
      case SQLITE_DONE: return rows
      case SQLITE_ROW: rows.append(row())
      case let status: throw unsafe StoreError(sqlite: status, on: database)
      }
    }
  }

  private func row() -> Row {
    // The first step notices a table that was changed meanwhile and prepares anew.
    let preparations = unsafe sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_REPREPARE, 0)
    if preparations != self.preparations {
      self.preparations = preparations
      columns = unsafe Statement.columns(of: handle)
    }
    let values = (0..<Int32(columns.names.count)).map(value)
    return Row(columns: columns, values: values)
  }

  private func value(_ index: Int32) -> Value {
    switch unsafe sqlite3_column_type(handle, index) {
    case SQLITE_INTEGER: .int(unsafe sqlite3_column_int64(handle, index))
    case SQLITE_FLOAT: .real(unsafe sqlite3_column_double(handle, index))
    case SQLITE_TEXT: .text(unsafe String(decoding: bytes(index), as: UTF8.self))
    case SQLITE_BLOB: .blob(unsafe [UInt8](bytes(index)))
    default: .null
    }
  }

  /// The bytes of a column of text or bytes, there until the next step. SQLite keeps text as UTF-8,
  /// so asking for bytes converts nothing.
  private func bytes(_ index: Int32) -> UnsafeRawBufferPointer {
    let start = unsafe sqlite3_column_blob(handle, index)
    return unsafe UnsafeRawBufferPointer(
      start: start, count: Int(sqlite3_column_bytes(handle, index)))
  }
}

extension Statement {
  private func bind(_ arguments: [Value]) throws(StoreError) {
    let wanted = Int(unsafe sqlite3_bind_parameter_count(handle))
    guard arguments.count == wanted else {
      throw StoreError(.syntax, "the statement takes \(wanted) arguments, not \(arguments.count)")
    }
    for (index, argument) in arguments.enumerated() {
      let status = try bind(argument, at: Int32(index + 1))
      guard status == SQLITE_OK else { throw unsafe StoreError(sqlite: status, on: database) }
    }
  }

  /// Text and bytes are copied by SQLite: the statement may outlive the array they come from.
  private func bind(_ value: Value, at index: Int32) throws(StoreError) -> Int32 {
    switch value {
    case .null: return unsafe sqlite3_bind_null(handle, index)
    case .int(let number): return unsafe sqlite3_bind_int64(handle, index, number)
    case .real(let number): return unsafe sqlite3_bind_double(handle, index, number)
    case .text(var text):
      try value.checkStorable()
      return text.withUTF8 { utf8 in
        // An empty text may have no address, and no address would mean null.
        let start = unsafe UnsafeRawPointer(utf8.baseAddress) ?? Self.nowhere
        return unsafe csqlite_bind_text(handle, index, start, Int32(utf8.count))
      }
    case .blob(let bytes):
      try value.checkStorable()
      return unsafe bytes.withUnsafeBytes { bytes in
        let start = unsafe bytes.baseAddress ?? Self.nowhere
        return unsafe csqlite_bind_blob(handle, index, start, Int32(bytes.count))
      }
    }
  }

  /// Stands in for the address of something empty; nobody reads there.
  private static var nowhere: UnsafeRawPointer {
    unsafe UnsafeRawPointer(bitPattern: 16).unsafelyUnwrapped
  }

  private static func columns(of handle: OpaquePointer) -> Columns {
    let count = unsafe sqlite3_column_count(handle)
    return Columns(
      (0..<count).map { index in
        unsafe sqlite3_column_name(handle, index).map { unsafe String(cString: $0) } ?? ""
      })
  }

  private static func isBlank(_ text: UnsafePointer<CChar>) -> Bool {
    unsafe String(cString: text).allSatisfy { $0.isWhitespace || $0 == ";" }
  }
}
