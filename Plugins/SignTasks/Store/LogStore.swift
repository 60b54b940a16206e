internal import JSON
internal import Storage

/// The signatures of students under tasks.
struct LogStore: Sendable {
  /// The record of the begin, for the finish to compare with.
  struct Auth: Sendable {
    let key: BeginKey
    let algorithm: SignAlgorithm
    let signKey: String
    let address: String
    let device: String

    var text: String {
      let value: JSONValue = [
        "uuid": .string(key.uuid), "type": .string(key.type), "time": .int(key.time),
        "algorithm": .string(algorithm.rawValue), "signKey": .string(signKey),
        "address": .string(address), "device": .string(device),
      ]
      return String(decoding: value.encoded(), as: UTF8.self)
    }
  }

  /// A finish as the database has it now.
  struct Finished: Sendable {
    let log: Int64
    let table: Int64
    let key: FinishKey
    /// Of the task, after this one.
    let count: Int64
  }

  let store: any Store
  let users: UserStore

  func begin(_ sign: Int64, by student: Int64, _ auth: Auth, at now: Int64) async throws -> Int64 {
    try await store.write { tx in
      let task = try tx.first(
        "SELECT \(SignTask.columns) FROM \(SignTask.source) WHERE s.id = ?", sign
      ).map { try SignTask($0) }
      guard let task, task.flag == 0 else { throw Verdict(17605) }
      guard now <= task.expire else { throw Verdict(17606) }
      let earlier = try tx.first(
        "SELECT id FROM sign_logs WHERE userid = ? AND signid = ?", student, sign)
      guard earlier == nil else { throw Verdict(17607) }
      let chosen = try tx.first(
        "SELECT tableid FROM sign_selections WHERE studentid = ? AND tableid = ?", student,
        task.table)
      guard chosen != nil else { throw Verdict(17608) }
      return try insert(task, student, auth, now, tx)
    }
  }

  /// The unique index decides between two that came at the same moment.
  private func insert(
    _ task: SignTask, _ student: Int64, _ auth: Auth, _ now: Int64, _ tx: Transaction
  ) throws -> Int64 {
    do {
      return try tx.attempt {
        Int64(
          try tx.insert(
            """
            INSERT INTO sign_logs (userid, begintime, signid, tableid, auth)
            VALUES (?, ?, ?, ?, ?) RETURNING id
            """, student, now, task.id, task.table, auth.text))
      }
    } catch let error as StoreError where error.code == .unique {
      throw Verdict(17607)
    }
  }

  func finish(
    _ sign: Int64, by student: Int64, _ key: String, _ algorithm: SignAlgorithm, at now: Int64
  ) async throws -> Finished {
    try await store.write { tx in
      let row = try tx.first(
        """
        SELECT l.id AS logid, l.status, l.auth, l.tableid, t.expiretime FROM sign_logs l
        JOIN sign_signs s ON s.id = l.signid JOIN sign_tasks t ON t.id = s.taskid
        WHERE l.userid = ? AND l.signid = ?
        """, student, sign)
      guard let row else { throw Verdict(17703) }
      guard try row.int("status") == 0 else { throw Verdict(17704) }
      guard now <= (try row.int64("expiretime")) else { throw Verdict(17705) }
      let read = try LogStore.read(try row.optionalText("auth"), key, sign, algorithm)
      let log = try row.int64("logid")
      try LogStore.update(log, read, at: now, tx)
      return Finished(
        log: log, table: try row.int64("tableid"), key: read,
        count: try LogStore.count(read, sign, tx))
    }
  }

  private static func read(
    _ auth: String?, _ key: String, _ sign: Int64, _ algorithm: SignAlgorithm
  ) throws(Verdict) -> FinishKey {
    guard let auth, let stored = try? JSONValue(parsing: Array(auth.utf8)),
      let uuid = stored["uuid"]?.string, let signKey = stored["signKey"]?.string,
      let begun = stored["algorithm"]?.string
    else { throw Verdict(17706) }
    guard begun == algorithm.rawValue else { throw Verdict(17702) }
    guard let read = algorithm.finish(key, signKey: signKey, sign: sign) else {
      throw Verdict(17707)
    }
    guard read.uuid == uuid else { throw Verdict(17708) }
    guard (1...3).contains(read.status) else { throw Verdict(17709) }
    return read
  }

  private static func update(
    _ log: Int64, _ key: FinishKey, at now: Int64, _ tx: Transaction
  ) throws {
    let changed = try Failing.with(17710) {
      try tx.execute(
        """
        UPDATE sign_logs SET status = ?, endtime = ?, longitude = ?, latitude = ?
        WHERE id = ? AND status = 0
        """, key.status, now, key.longitude, key.latitude, log)
    }
    guard changed == 1 else { throw Verdict(17704) }
  }

  /// Only a success counts.
  private static func count(_ key: FinishKey, _ sign: Int64, _ tx: Transaction) throws -> Int64 {
    let row = try Failing.with(17711) {
      try tx.run(
        "UPDATE sign_signs SET signed = signed + ? WHERE id = ? RETURNING signed AS signed",
        arguments: [.int(key.status == 1 ? 1 : 0), .int(sign)]
      ).rows.first
    }
    guard let row else { throw Verdict(17711) }
    return try row.int64("signed")
  }
}
