internal import CPostgres
internal import Storage

extension Link {
  /// Opens a connection, and blocks for it. Options before the address are overruled by it; options after
  /// it overrule it.
  static func connect(_ url: String, seconds: Int) throws(StoreError) -> OpaquePointer? {
    let settings: [(name: Value, value: Value)] = [
      ("connect_timeout", "\(seconds)"),
      ("application_name", "muster"),
      // A server whose machine died without a word is noticed within half a minute.
      ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
      ("tcp_user_timeout", "30000"),
      ("dbname", .text(url)),
      ("client_encoding", "UTF8"),
      // The end of the list.
      (nil, nil),
    ]
    let names = try Parameters(settings.map(\.name))
    let values = try Parameters(settings.map(\.value))
    return unsafe names.withPointers { _, names, _, _ in
      unsafe values.withPointers { _, values, _, _ in unsafe PQconnectdbParams(names, values, 1) }
    }
  }
}
