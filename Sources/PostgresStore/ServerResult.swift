internal import CPostgres
internal import Storage

/// One result of the server; its memory goes with it.
@safe struct ServerResult: ~Copyable {
  private let handle: OpaquePointer

  init(owning handle: OpaquePointer) { unsafe self.handle = handle }

  deinit { unsafe PQclear(handle) }

  var failure: PostgresFailure? {
    switch unsafe PQresultStatus(handle) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: nil
    default: unsafe PostgresFailure(handle)
    }
  }

  /// Rows and the number of changed rows, the same as SQLite would count.
  func answer() -> Answer {
    let width = unsafe PQnfields(handle)
    let names = Columns((0..<width).map { name(of: $0) })
    let kinds = (0..<width).map { kind(of: $0) }
    let height = unsafe PQntuples(handle)
    let rows = (0..<height).map { row in
      Row(columns: names, values: (0..<width).map { value(row, $0, kinds[Int($0)]) })
    }
    return Answer(rows: rows, changed: changed)
  }

  private func name(of column: Int32) -> String {
    unsafe PQfname(handle, column).map { unsafe String(cString: $0) } ?? ""
  }

  private func kind(of column: Int32) -> ServerType {
    unsafe ServerType(oid: PQftype(handle, column))
  }

  private func value(_ row: Int32, _ column: Int32, _ kind: ServerType) -> Value {
    guard unsafe PQgetisnull(handle, row, column) == 0,
      let start = unsafe PQgetvalue(handle, row, column)
    else { return .null }
    let count = Int(unsafe PQgetlength(handle, row, column))
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
    return unsafe kind.value(String(decoding: bytes, as: UTF8.self))
  }

  /// A query has a count too, of the rows it found; those were not changed.
  private var changed: Int {
    guard let status = unsafe PQcmdStatus(handle), let count = unsafe PQcmdTuples(handle) else {
      return 0
    }
    let word = unsafe String(cString: status).prefix { $0 != " " }
    guard ["INSERT", "UPDATE", "DELETE", "MERGE"].contains(word) else { return 0 }
    return Int(unsafe String(cString: count)) ?? 0
  }
}
