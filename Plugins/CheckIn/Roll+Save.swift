internal import PluginKit
internal import Storage

/// Somebody who is to be added.
struct NewPerson: Sendable {
  var name: String
  var number: String
  var week = Hours(hundredths: 0)
  var total = Hours(hundredths: 0)
  var isPresent = false
  var mailbox: String?
  var avatar: String?
}

extension Roll {
  /// Adds those whose number is new and returns them; nobody is changed who is there.
  ///
  /// A big import goes in pieces, so that nobody waits behind it at the door.
  func add(_ newcomers: [NewPerson], at now: Int64) async throws -> [Person] {
    var added: [Person] = []
    var rest = newcomers[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(200))
      rest = rest.dropFirst(200)
      added += try await changeMany { [zone] in try $0.add(piece, at: now, zone) }
    }
    return added
  }

  /// Takes somebody and all stays out of the tables; false if there is nobody of that number.
  func remove(_ number: String) async throws -> Bool {
    guard Roll.isPlausible(number) else { return false }
    return try await changeMany { tx in
      try tx.execute(
        """
        DELETE FROM checkin_records
        WHERE userid IN (SELECT id FROM checkin_users WHERE studentid = ?)
        """, number)
      return try tx.execute("DELETE FROM checkin_users WHERE studentid = ?", number) > 0
    }
  }

  func setAvatar(_ avatar: String, of number: String) async throws -> Bool {
    guard Roll.isPlausible(number) else { return false }
    return try await store.execute(
      "UPDATE checkin_users SET avatar = ? WHERE studentid = ?", avatar, number) == 1
  }

  /// The week begins anew for everybody.
  func resetWeek() async throws {
    try await changeMany { tx in
      _ = try tx.execute("UPDATE checkin_users SET weektime = 0 WHERE weektime <> 0")
    }
  }

  func keepExport(_ date: String, _ content: [UInt8], at now: Int64) async throws {
    try await store.execute(
      """
      INSERT INTO checkin_exports (date, made_at, content) VALUES (?, ?, ?)
      ON CONFLICT (date) DO UPDATE SET made_at = excluded.made_at, content = excluded.content
      """, date, now, content)
  }

  func export(_ date: String) async throws -> [UInt8]? {
    try await store.first("SELECT content FROM checkin_exports WHERE date = ?", date)
      .map { row throws(StoreError) in try row.blob("content") }
  }
}

extension Transaction {
  fileprivate func add(
    _ people: [NewPerson], at now: Int64, _ zone: LocalZone
  ) throws -> [Person] {
    let marks = repeatElement("(?, ?, ?, ?, ?, ?, ?, ?)", count: people.count)
    let arguments: [Value] = people.flatMap { person in
      [
        .text(person.name), .text(person.number), person.isPresent ? .int(now) : .null,
        .int(person.isPresent ? 1 : 0), .int(Int64(person.week.hundredths)),
        .int(Int64(person.total.hundredths)), person.mailbox.boundValue,
        person.avatar.boundValue,
      ]
    }
    let rows = try query(
      """
      INSERT INTO checkin_users
        (name, studentid, starttime, status, weektime, totaltime, qq, avatar)
      VALUES \(marks.joined(separator: ", "))
      ON CONFLICT (studentid) DO NOTHING RETURNING \(Person.columns)
      """, arguments: arguments)
    return try rows.map { row throws(StoreError) in try Person(row, zone) }
  }
}
