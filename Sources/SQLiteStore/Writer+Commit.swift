internal import Loop
internal import Primitives
internal import Storage
internal import StoreWork

extension Writer {
  /// Stores all jobs in one commit; if that cannot be, each in its own.
  func commit(_ jobs: [Job], on database: Database) {
    do {
      try database.bracket(.beginWrite)
    } catch {
      return settle(jobs) { _ in .failure(error) }
    }
    var results: [Result<Delivery, any Error>] = []
    for job in jobs {
      results.append(attempt(job, isShared: jobs.count > 1, on: database))
      // After some failures SQLite rolls back everything by itself.
      if !database.isInTransaction { return recover(jobs, from: results, on: database) }
    }
    do {
      try database.bracket(results.contains(where: \.isSuccess) ? .commit : .rollback)
    } catch {
      if database.isInTransaction { database.rollBack() }
      if jobs.count > 1 { return repeatSingly(jobs, on: database) }
      return settle(jobs) { _ in .failure(error) }
    }
    settle(jobs) { results[$0] }
  }

  private func attempt(
    _ job: Job, isShared: Bool, on database: Database
  ) -> Result<Delivery, any Error> {
    let needsSavepoint = isShared && !job.isSingle
    database.limit(to: options.workLimit)
    defer { database.limit(to: nil) }
    do {
      if needsSavepoint { try database.bracket(.open) }
      let delivery = try job.run(Transaction(DatabaseSession(database)))
      if needsSavepoint { try database.bracket(.close) }
      return .success(delivery)
    } catch {
      if needsSavepoint { database.undoUnit() }
      return .failure(error)
    }
  }

  /// The last job that ran took the transaction with it: its failure stands, the others start over.
  private func recover(
    _ jobs: [Job], from results: [Result<Delivery, any Error>], on database: Database
  ) {
    let culprit = results.count - 1
    let lost = StoreError(.other, "the unit of work ended its own transaction")
    let reason: any Error = if case .failure(let error) = results[culprit] { error } else { lost }
    settle([jobs[culprit]]) { _ in .failure(reason) }
    repeatSingly(Array(jobs[..<culprit]), on: database)
    let rest = Array(jobs[(culprit + 1)...])
    if !rest.isEmpty { commit(rest, on: database) }
  }

  private func repeatSingly(_ jobs: [Job], on database: Database) {
    metrics.withLock { $0.repetitions += jobs.count }
    for job in jobs { commit([job], on: database) }
  }

  private func settle(
    _ jobs: [Job], with result: (Int) -> Result<Delivery, any Error>
  ) {
    let results = jobs.indices.map(result)
    if results.contains(where: \.isForWantOfRoom) { lacksRoom = true }
    // Counted first: who is called back may look at the numbers at once.
    metrics.withLock { metrics in
      if results.contains(where: \.isSuccess) { metrics.commits += 1 }
      for (job, result) in zip(jobs, results) { metrics.count(job, succeeded: result.isSuccess) }
    }
    for (job, result) in zip(jobs, results) { job.settle(result) }
  }
}

extension Result {
  fileprivate var isForWantOfRoom: Bool {
    if case .failure(let error as StoreError) = self { error.code == .full } else { false }
  }
}
