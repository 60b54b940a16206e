internal import CPostgres
internal import Glibc
internal import Loop
internal import Primitives
internal import Storage
internal import StoreWork

/// One connection to the server with its prepared statements. Owned by one thread.
///
/// Nothing here waits longer than it may: the library is asked not to block, and what it waits for
/// is watched with a time limit. A link that broke, or did not answer in time, is never used again.
@safe final class Link {
  private struct Prepared {
    let name: String
    let parameters: Int
  }

  let handle: OpaquePointer
  let options: PostgresOptions
  let time = SystemTime()
  private var statements: RecentlyUsed<String, Prepared>
  private var lastName = 0
  /// The names of forgotten statements, to be given up between two units of work.
  private var forgotten: [String] = []
  var isBroken = false
  /// The link broke while the server had a statement to run: nobody knows whether it did.
  var isUncertain = false
  /// The server ended the link in so many words before it did what it was asked for.
  var isDismissed = false
  /// Migrations may take as long as they take.
  private(set) var isPatient = false

  init(_ url: String, _ options: PostgresOptions) throws(StoreError) {
    let seconds = max(2, (options.connectLimit.nanoseconds + 999_999_999) / 1_000_000_000)
    guard let handle = unsafe try Link.connect(url, seconds: Int(seconds)) else {
      throw StoreError(.unavailable, "no memory for a connection to PostgreSQL")
    }
    unsafe self.handle = handle
    self.options = options
    statements = RecentlyUsed(limit: options.statementCache)
    guard unsafe PQstatus(handle) == CONNECTION_OK else { throw unreachable() }
    unsafe cpostgres_ignore_notices(handle)
    unsafe PQsetnonblocking(handle, 1)
    try settle()
  }

  deinit { unsafe PQfinish(handle) }

  /// The library's message names the host and the user, never the password.
  private func unreachable() -> StoreError {
    let words = unsafe PQerrorMessage(handle).map { unsafe String(cString: $0) } ?? ""
    let line = words.split(separator: "\n").joined(separator: " ")
    return StoreError(.unavailable, "PostgreSQL cannot be reached: \(line)")
  }

  private func settle() throws(StoreError) {
    guard unsafe PQserverVersion(handle) >= 130_000 else {
      throw StoreError(.unavailable, "PostgreSQL 13 or newer is needed")
    }
    let limit = options.statementLimit.nanoseconds / 1_000_000
    for setting in [
      // Units of work behave as if they ran one after the other; what loses a race is repeated.
      "default_transaction_isolation = 'serializable'",
      // A commit returns when it is on the disk, whatever the server's file says.
      "synchronous_commit = on",
      "statement_timeout = \(limit)",
      // A hub that hangs in the middle of a unit does not keep its locks for ever.
      "idle_in_transaction_session_timeout = \(limit + 10_000)",
      "client_min_messages = error",
      "TimeZone = 'UTC'",
      "bytea_output = 'hex'",
      "standard_conforming_strings = on",
    ] { try perform("SET \(setting)") }
  }

  /// Runs a statement of this module.
  func perform(_ sql: String) throws(StoreError) {
    _ = try finish(unsafe PQsendQuery(handle, sql))
  }

  /// Runs a statement of a plugin, prepared at most once.
  func run(_ sql: String, _ arguments: [Value]) throws(StoreError) -> Answer {
    let parameters = try Parameters(arguments)
    let prepared = try prepared(sql, arguments)
    do {
      return try finish(
        unsafe parameters.withPointers { count, values, lengths, formats in
          unsafe PQsendQueryPrepared(handle, prepared.name, count, values, lengths, formats, 0)
        })
    } catch {
      // A plan that has become old stays wrong: the next attempt prepares anew.
      if isRepetitionWanted { forget(sql, arguments) }
      throw error
    }
  }

  /// Set by a failure after which the whole unit may be run again.
  var isRepetitionWanted = false

  /// Lifts the time limit for the rest of this unit.
  func bePatient() throws(StoreError) {
    isPatient = true
    try perform("SET LOCAL statement_timeout = 0")
  }

  /// Whether the server has closed the link since it was used last.
  ///
  /// A server has nothing to say to a link that asked nothing, so whatever there is to read may be
  /// its goodbye. Then an empty question shows whether it still answers.
  func hasBeenClosed() -> Bool {
    var descriptor = pollfd(fd: unsafe PQsocket(handle), events: Int16(POLLIN), revents: 0)
    if unsafe poll(&descriptor, 1, 0) <= 0 { return isBroken }
    do {
      if unsafe PQconsumeInput(handle) == 0 { throw lost() }
      try perform("")
    } catch {
      isBroken = true
    }
    return isBroken
  }

  /// Before each unit: forgets what the last one left.
  func beginUnit() throws(StoreError) {
    isRepetitionWanted = false
    isPatient = false
    while let name = forgotten.popLast() { try perform("DEALLOCATE \(name)") }
  }
}

extension Link {
  private func key(_ sql: String, _ arguments: [Value]) -> String {
    // The same text with arguments of other types is another statement to the server.
    arguments.reduce(into: sql) { key, value in
      key += " \(Parameters.type(of: value))"
    }
  }

  private func prepared(_ sql: String, _ arguments: [Value]) throws(StoreError) -> Prepared {
    let key = key(sql, arguments)
    if let known = statements.find(key) { return known }
    let text = try SQLText(sql, for: .postgres)
    guard text.parameters == arguments.count else {
      throw StoreError(
        .syntax, "the statement takes \(text.parameters) arguments, not \(arguments.count)")
    }
    lastName += 1
    let prepared = Prepared(name: "s\(lastName)", parameters: text.parameters)
    let types = arguments.map(Parameters.type)
    _ = try finish(
      unsafe PQsendPrepare(handle, prepared.name, text.text, Int32(types.count), types))
    if let old = statements.keep(prepared, for: key) { forgotten.append(old.name) }
    return prepared
  }

  private func forget(_ sql: String, _ arguments: [Value]) {
    if let old = statements.remove(key(sql, arguments)) { forgotten.append(old.name) }
  }
}
