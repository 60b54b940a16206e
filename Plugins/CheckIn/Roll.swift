internal import PluginKit
internal import Storage

/// The people and their stays in the tables: every read and every change of them.
struct Roll: Sendable {
  let store: any Store
  let zone: LocalZone
  /// Told of each change before anybody else hears of it.
  let board: Board

  init(store: any Store, clock: any WallClock, zone: LocalZone) {
    self.store = store
    self.zone = zone
    board = Board(engine: store.engine, clock: clock)
  }

  /// A unit of work that changes at most one person, whom `changed` finds in its result.
  private func change<Result: Sendable>(
    _ changed: (Result) -> Person?, _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    do {
      let (result, number) = try await store.write { [board] tx in
        (try body(tx), board.nextNumber())
      }
      if let person = changed(result) { board.note(person, number) }
      return result
    } catch {
      // A commit whose answer was lost may have been stored.
      board.forget(board.nextNumber())
      throw error
    }
  }

  /// A unit of work that changes many.
  func changeMany<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    defer { board.forget(board.nextNumber()) }
    return try await store.write(body)
  }

  enum Entry: Sendable {
    case checkedIn(Person)
    case alreadyPresent(Person)
    case unknown

    /// Who was changed.
    fileprivate var person: Person? {
      if case .checkedIn(let person) = self { person } else { nil }
    }
  }

  /// One unit of work: whoever checks in twice at once is present once.
  func checkIn(_ number: String, at now: Int64) async throws -> Entry {
    guard Roll.isPlausible(number) else { return .unknown }
    return try await change(\.person) { [zone] tx in
      let changed = try tx.first(
        """
        UPDATE checkin_users SET status = 1, starttime = ?
        WHERE studentid = ? AND status = 0 RETURNING \(Person.columns)
        """, now, number)
      if let changed { return .checkedIn(try Person(changed, zone)) }
      return try tx.person(number, zone).map { .alreadyPresent($0) } ?? .unknown
    }
  }

  /// Who ends a stay.
  enum Closing: Sendable {
    case oneself
    case night
    case report(by: String)
  }

  enum Exit: Sendable {
    case closed(Person, Stay)
    case notPresent(Person)
    case unknown
    case unknownReporter

    /// Who was changed.
    fileprivate var person: Person? {
      if case .closed(let person, _) = self { person } else { nil }
    }
  }

  /// Ends a stay. Only what somebody ends in person is added to the sums.
  func close(_ number: String, _ closing: Closing, at now: Int64) async throws -> Exit {
    guard Roll.isPlausible(number) else { return .unknown }
    return try await change(\.person) { [zone] tx in
      guard let person = try tx.person(number, zone) else { return .unknown }
      if case .report(let reporter) = closing {
        guard Roll.isPlausible(reporter), try tx.person(reporter, zone) != nil else {
          return .unknownReporter
        }
      }
      guard person.isPresent else { return .notPresent(person) }
      return try tx.close(person, closing, at: now)
    }
  }

  /// Numbers that cannot be in the table need no look into it.
  static func isPlausible(_ number: String) -> Bool {
    (1...30).contains(number.utf8.count)
      && number.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}

extension Transaction {
  func person(_ number: String, _ zone: LocalZone) throws -> Person? {
    try first("SELECT \(Person.columns) FROM checkin_users WHERE studentid = ?", number)
      .map { row throws(StoreError) in try Person(row, zone) }
  }

  fileprivate func close(
    _ person: Person, _ closing: Roll.Closing, at now: Int64
  ) throws -> Roll.Exit {
    var person = person
    // Somebody imported as present may have no beginning; that stay begins and ends now.
    let start = person.startedAt ?? now
    let duration = Hours(milliseconds: (now - start) * 1000)
    let (kind, reporter): (Stay.Kind, String) =
      switch closing {
      case .oneself: (.valid, "0")
      case .night: (.invalid, "0")
      case .report(let by): (.reported, by)
      }
    let counted = kind == .valid ? duration : Hours(hundredths: 0)
    person.isPresent = false
    person.endedAt = now
    person.week += counted
    person.total += counted
    try execute(
      """
      UPDATE checkin_users SET status = 0, endtime = ?, weektime = ?, totaltime = ? WHERE id = ?
      """, now, person.week.hundredths, person.total.hundredths, person.id)
    let id = try insert(
      """
      INSERT INTO checkin_records (userid, starttime, endtime, recordstatus, duration, reporter)
      VALUES (?, ?, ?, ?, ?, ?) RETURNING id
      """, person.id, start, now, kind.rawValue, duration.hundredths, reporter)
    let stay = Stay(
      id: id, person: person.id, duration: duration, kind: kind, reporter: reporter,
      startedAt: start, endedAt: now, zone: person.zone)
    return .closed(person, stay)
  }
}
