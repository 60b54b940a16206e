internal import PluginKit
internal import Storage

extension AttendanceStore {
  /// Adds the people whose number is new and returns them; existing rows stay as they are.
  ///
  /// A big import goes in pieces, so that check-ins do not wait behind it.
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

  /// Deletes a person with all stays; false if the number is unknown.
  func remove(_ number: String) async throws -> Bool {
    guard AttendanceStore.isPlausible(number) else { return false }
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
    guard AttendanceStore.isPlausible(number) else { return false }
    return try await database.execute(
      "UPDATE checkin_users SET avatar = ? WHERE studentid = ?", avatar, number) == 1
  }

  /// Sets the hours of the week to zero for all people.
  func resetWeek() async throws {
    try await changeMany { tx in
      _ = try tx.execute("UPDATE checkin_users SET weektime = 0 WHERE weektime <> 0")
    }
  }

  func keepExport(_ date: String, _ content: [UInt8], at now: Int64) async throws {
    try await database.execute(
      """
      INSERT INTO checkin_exports (date, made_at, content) VALUES (?, ?, ?)
      ON CONFLICT (date) DO UPDATE SET made_at = excluded.made_at, content = excluded.content
      """, date, now, content)
  }

  func export(_ date: String) async throws -> [UInt8]? {
    try await database.first("SELECT content FROM checkin_exports WHERE date = ?", date)
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
