package import Storage

/// Hands a result to the caller who waits for it.
package typealias Delivery = @Sendable () -> Void

/// A unit of work on its way to a database thread.
package struct Job: Sendable {
  package let isReading: Bool
  /// A single statement undoes itself when it fails, and sees one state by itself; anything longer
  /// needs a transaction for that.
  package let isSingle: Bool
  /// Does the work. The returned function is called when the work is safe.
  package let run: @Sendable (Transaction) throws -> Delivery
  /// Tells the caller that it failed.
  package let fail: @Sendable (any Error) -> Void
  package let submitted = ContinuousClock.now
}

extension Job {
  /// Makes a job of `body`, hands it to a queue with `submit`, and waits for its result.
  package static func result<Success: Sendable>(
    isReading: Bool, isSingle: Bool, of body: @escaping @Sendable (Transaction) throws -> Success,
    submit: (Job) throws(StoreError) -> Void
  ) async -> Result<Success, any Error> {
    await withCheckedContinuation { continuation in
      let job = Job(
        isReading: isReading, isSingle: isSingle,
        run: { transaction in
          let result = try body(transaction)
          // An error that the body has swallowed has spoiled the unit all the same.
          if let failure = transaction.failure { throw failure }
          return { continuation.resume(returning: .success(result)) }
        },
        fail: { continuation.resume(returning: .failure($0)) })
      do {
        try submit(job)
      } catch {
        job.fail(error)
      }
    }
  }

  /// The same for one statement of which only the text and the arguments are known.
  package static func answer(
    to sql: String, _ arguments: [Value], isSingle: Bool = true,
    submit: (Job) throws(StoreError) -> Void
  ) async throws(StoreError) -> Answer {
    let result = await result(
      isReading: SQLText.isReading(sql), isSingle: isSingle,
      of: { try $0.run(sql, arguments: arguments) }, submit: submit)
    do {
      return try result.get()
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(.other, "the statement failed", detail: "\(error)")
    }
  }

  /// Calls the caller back.
  package func settle(_ result: Result<Delivery, any Error>) {
    switch result {
    case .success(let deliver): deliver()
    case .failure(let error): fail(error)
    }
  }
}

extension Result {
  package var isSuccess: Bool { if case .success = self { true } else { false } }
}

extension StoreMetrics {
  /// Counts a job that is about to be settled.
  package mutating func count(_ job: Job, succeeded: Bool) {
    if !succeeded { failures += 1 }
    let time = ContinuousClock.now - job.submitted
    if job.isReading {
      reads += 1
      readTime.record(time)
    } else {
      writes += 1
      writeTime.record(time)
    }
  }
}
