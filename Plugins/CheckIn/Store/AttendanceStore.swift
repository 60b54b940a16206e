internal import PluginKit
internal import Storage

/// The people and their stays in the tables: every read and every change of them.
struct AttendanceStore: Sendable {
  let database: any Store
  let zone: LocalZone
  /// Caches of the lists that every dashboard asks for, updated with each change.
  let lists: LiveLists

  init(_ database: any Store, clock: any WallClock, zone: LocalZone) {
    self.database = database
    self.zone = zone
    lists = LiveLists(engine: database.engine, clock: clock)
  }

  /// A unit of work that changes at most one person, whom `changed` finds in its result.
  private func change<Result: Sendable>(
    _ changed: (Result) -> Person?, _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    do {
      let (result, number) = try await database.write { [lists] tx in
        (try body(tx), lists.nextNumber())
      }
      if let person = changed(result) { lists.apply(person, number) }
      return result
    } catch {
      // A commit whose answer was lost may have been stored.
      lists.invalidate(lists.nextNumber())
      throw error
    }
  }

  /// A unit of work that changes many people.
  func changeMany<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result {
    defer { lists.invalidate(lists.nextNumber()) }
    return try await database.write(body)
  }

  /// One unit of work: of two simultaneous check-ins of one person the second finds the first.
  func checkIn(_ number: String, at now: Int64) async throws -> CheckInResult {
    guard AttendanceStore.isPlausible(number) else { return .unknown }
    return try await change(\.changedPerson) { [zone] tx in
      let changed = try tx.first(
        """
        UPDATE checkin_users SET status = 1, starttime = ?
        WHERE studentid = ? AND status = 0 RETURNING \(Person.columns)
        """, now, number)
      if let changed { return .checkedIn(try Person(changed, zone)) }
      return try tx.person(number, zone).map { .alreadyPresent($0) } ?? .unknown
    }
  }

  /// Ends a stay. Only a stay that the person ends is added to the sums.
  func close(_ number: String, _ ending: StayEnding, at now: Int64) async throws -> CheckOutResult {
    guard AttendanceStore.isPlausible(number) else { return .unknown }
    return try await change(\.changedPerson) { [zone] tx in
      guard let person = try tx.person(number, zone) else { return .unknown }
      if case .report(let reporter) = ending {
        guard AttendanceStore.isPlausible(reporter), try tx.person(reporter, zone) != nil else {
          return .unknownReporter
        }
      }
      guard person.isPresent else { return .notPresent(person) }
      return try tx.close(person, ending, at: now)
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

enum CheckInResult: Sendable {
  case checkedIn(Person)
  case alreadyPresent(Person)
  case unknown

  fileprivate var changedPerson: Person? {
    if case .checkedIn(let person) = self { person } else { nil }
  }
}

/// How a stay is ended, and by whom.
enum StayEnding: Sendable {
  case oneself
  case night
  case report(by: String)
}

enum CheckOutResult: Sendable {
  case closed(Person, Stay)
  case notPresent(Person)
  case unknown
  case unknownReporter

  fileprivate var changedPerson: Person? {
    if case .closed(let person, _) = self { person } else { nil }
  }
}

extension Transaction {
  func person(_ number: String, _ zone: LocalZone) throws -> Person? {
    try first("SELECT \(Person.columns) FROM checkin_users WHERE studentid = ?", number)
      .map { row throws(StoreError) in try Person(row, zone) }
  }

  fileprivate func close(
    _ person: Person, _ ending: StayEnding, at now: Int64
  ) throws -> CheckOutResult {
    var person = person
    // A person imported as present may have no beginning; that stay begins and ends now.
    let start = person.startedAt ?? now
    let duration = Hours(milliseconds: (now - start) * 1000)
    let (kind, reporter): (Stay.Kind, String) =
      switch ending {
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
