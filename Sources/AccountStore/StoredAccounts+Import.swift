internal import PluginKit
internal import Storage

extension StoredAccounts {
  /// Hashes the passwords of a batch on all threads at once.
  func hashed(_ rows: [ImportRow], isDryRun: Bool) async throws -> [ImportRow] {
    var rows = rows
    guard !isDryRun else { return rows }
    let waiting = rows.indices.filter { rows[$0].hash == nil && rows[$0].account.password != nil }
    let width = options.hashingThreads
    for start in stride(from: 0, to: waiting.count, by: width) {
      let part = waiting[start..<min(start + width, waiting.count)]
      for (index, hash) in try await hashes(of: part.map { ($0, rows[$0].account.password ?? "") })
      {
        rows[index].hash = hash
      }
    }
    return rows
  }

  private func hashes(of passwords: [(Int, String)]) async throws -> [(Int, String)] {
    try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for (index, password) in passwords {
        group.addTask { [hasher] in (index, try await hasher.hash(password, for: nil)) }
      }
      var hashes: [(Int, String)] = []
      for try await hash in group { hashes.append(hash) }
      return hashes
    }
  }

  /// Stores a batch as one unit; a line that fails does not affect the others.
  func store(_ rows: [ImportRow], _ options: ImportOptions) async throws -> [ImportLine] {
    let now = clock.now
    let known = self.options.publicPasswords
    do {
      let stored = try await comparingPublicPasswords {
        try await store.write { tx in
          let lines = try tx.take(rows, options, known, at: now)
          // A dry run is a real one that is undone.
          if options.isDryRun { throw Undone(lines: lines) }
          return lines
        }
      }
      for (_, revoked) in stored {
        if let (revocation, row) = revoked { board.tell([(revocation, row: row)], at: now) }
      }
      return stored.map(\.0)
    } catch let undone as Undone {
      return undone.lines.map(\.0)
    }
  }
}

private typealias Taken = (ImportLine, (Revocation, Int)?)

private struct Undone: Error {
  let lines: [Taken]
}

extension Transaction {
  fileprivate func take(
    _ rows: [ImportRow], _ options: ImportOptions, _ known: [String: String], at now: Int64
  ) throws -> [Taken] {
    try rows.map { row in
      do {
        let (outcome, revoked) = try attempt { try take(row, options, known, at: now) }
        return (line(row, outcome), revoked)
      } catch let error as AccountError {
        return (line(row, .failed(error.detail)), nil)
      } catch let error as StoreError where error.code == .unique {
        return (line(row, .failed(AccountError(taken: error).detail)), nil)
      }
    }
  }

  private func line(_ row: ImportRow, _ outcome: ImportLine.Outcome) -> ImportLine {
    ImportLine(line: row.line, login: row.account.login, outcome: outcome)
  }

  private func take(
    _ row: ImportRow, _ options: ImportOptions, _ known: [String: String], at now: Int64
  ) throws -> (ImportLine.Outcome, (Revocation, Int)?) {
    if let password = row.account.password, known[row.account.login] == password {
      throw AccountError(.publicPassword, "this password is public")
    }
    let held = try accountID(.login(row.account.login))
    if let held { try lock(held) }
    guard let id = held, let before = try account(id) else {
      try requireFree(row.account.identifiers, isSelfMade: false)
      _ = try insert(row.account, passwordHash: row.hash, at: now)
      return (.created, nil)
    }
    guard options.updatesExisting else {
      throw AccountError(.loginTaken, "there is an account of this login")
    }
    let after = row.applied(to: before)
    let setsPassword = row.hash != nil || row.account.password != nil
    // Its holder may be any stranger, who would get the rights of the line.
    guard setsPassword || !before.isProvisional else {
      throw AccountError(
        .loginTaken,
        "the holder of account \(id) made this login: give the line a password, or confirm it with muster account set --confirm"
      )
    }
    guard after != before || after.spelling != before.spelling || setsPassword else {
      return (.unchanged, nil)
    }
    if after.isActive, !before.isActive, !setsPassword { try requireOwnPassword(after, known) }
    try update(after, before: before)
    if let hash = row.hash {
      try execute(
        "UPDATE accounts SET password = ?, has_public_password = NULL WHERE id = ?", hash, id)
    }
    guard let revocation = revocation(from: before, to: after, setsPassword) else {
      return (.updated, nil)
    }
    if case .account = revocation { try deleteTokens(of: id) }
    return (.updated, (revocation, try RevocationBoard.record(revocation, at: now, in: self)))
  }

  private func revocation(from before: Account, to after: Account, _ setsPassword: Bool)
    -> Revocation?
  {
    setsPassword ? .account(after.id) : StoredAccounts.revocation(from: before, to: after)
  }
}

extension ImportRow {
  /// An account with the values of its line.
  fileprivate func applied(to before: Account) -> Account {
    var after = before
    // A line of an import confirms its account.
    after.isSelfMade = false
    if given.contains("name") { after.name = account.name }
    if given.contains("roles") { after.roles = account.roles }
    if given.contains("email") { after.email = account.email }
    if given.contains("avatar") { after.avatar = account.avatar }
    if given.contains("active") { after.isActive = account.isActive }
    for kind in ProfileKind.allCases where given.contains(kind.rawValue) {
      after.profiles[kind] = account.profiles[kind]
    }
    return after
  }
}
