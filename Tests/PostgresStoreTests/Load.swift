import MusterTesting
import PostgresStore
import Primitives
import Storage
import Synchronization
import Testing

/// The error that `work` throws, or nil.
func failure<Result>(_ work: () async throws -> Result) async -> StoreError? {
  do {
    _ = try await work()
    return nil
  } catch {
    return error as? StoreError
  }
}

/// A server that nobody else uses, because it is not treated well.
private let victim = Task { try await ThrowawayPostgres.start() }

/// Runs `body` with that server and a store on it. The server runs when `body` is done.
func withServer(
  _ options: PostgresOptions = PostgresOptions(),
  _ body: (ThrowawayPostgres, PostgresStore) async throws -> Void
) async throws {
  let server = try await victim.value
  let store = try await PostgresStore.open(try await server.makeDatabase(), options: options)
  do {
    try await body(server, store)
  } catch {
    await store.close()
    throw error
  }
  await store.close()
}

/// Sixteen callers who insert numbers and note what they were told.
final class Load: Sendable {
  fileprivate struct Notes {
    var next = 0
    var acknowledged: [Int] = []
    var ambiguous: Set<Int> = []
    var failures = 0
    var otherErrors: [StoreError] = []
    var slowestFailure = Duration.zero
  }

  private let store: PostgresStore
  private let notes = Mutex(Notes())

  init(_ store: PostgresStore) { self.store = store }

  var acknowledged: [Int] { notes.withLock { $0.acknowledged } }
  var ambiguous: Set<Int> { notes.withLock { $0.ambiguous } }
  var otherErrors: [StoreError] { notes.withLock { $0.otherErrors } }
  var slowestFailure: Duration { notes.withLock { $0.slowestFailure } }

  /// Until so many more rows were acknowledged.
  func run(until more: Int) async throws {
    let goal = acknowledged.count + more
    await run { $0.acknowledged.count >= goal }
  }

  /// Until so many more calls failed.
  func run(untilFailures more: Int) async throws {
    let goal = notes.withLock { $0.failures } + more
    await run { $0.failures >= goal }
  }

  private func run(until isDone: @escaping @Sendable (Notes) -> Bool) async {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<16 {
        group.addTask { @concurrent in
          while !self.notes.withLock({ isDone($0) }) { await self.insert() }
        }
      }
    }
  }

  private func insert() async {
    let number = notes.withLock { notes in
      notes.next += 1
      return notes.next
    }
    let start = ContinuousClock.now
    let error = await failure {
      if number.isMultiple(of: 2) {
        try await store.execute("INSERT INTO rows VALUES (?)", number)
      } else {
        _ = try await store.write { try $0.execute("INSERT INTO rows VALUES (?)", number) }
      }
    }
    let time = ContinuousClock.now - start
    notes.withLock { $0.note(number, error, time) }
    // A call that is refused at once does not wait, and sixteen such callers let nobody else run.
    if error != nil { await Task.yield() }
  }
}

extension Load.Notes {
  fileprivate mutating func note(_ number: Int, _ error: StoreError?, _ time: Duration) {
    guard let error else {
      acknowledged.append(number)
      return
    }
    failures += 1
    slowestFailure = max(slowestFailure, time)
    switch error.code {
    case .ambiguous: ambiguous.insert(number)
    case .unavailable: break
    default: otherErrors.append(error)
    }
  }
}
