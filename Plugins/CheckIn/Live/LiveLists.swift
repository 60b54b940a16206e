internal import JSON
internal import PluginKit
internal import Primitives
internal import Storage

/// Caches of the lists that every dashboard asks for: the people present, and the leaders of each
/// grade.
///
/// SQLite belongs to this process alone, so its caches stay valid. On PostgreSQL another program may
/// change the tables, so a list is read again after a second.
final class LiveLists: Sendable {
  private let present: MaintainedCache<PresentList>
  private let leaders = Locked<[Grade: MaintainedCache<LeaderList>]>([:])
  private let numbers = Locked(0)
  private let clock: any WallClock
  private let lifetime: Int64

  /// Grades with a cache. With one more than that all of them are dropped.
  private static let capacity = 1000

  init(engine: Engine, clock: any WallClock) {
    self.clock = clock
    lifetime = engine == .sqlite ? .max : 1000
    present = MaintainedCache(lifetime: lifetime)
  }

  /// The encoded list of the people present, as the documented call or the topic has it.
  func presentAnswer(
    isLive: Bool, _ reading: () async throws -> [Person]
  ) async throws -> [UInt8] {
    try await present.use(at: clock.now) {
      $0.answer(isLive: isLive)
    } reading: {
      PresentList(try await reading())
    }
  }

  /// The first three of a grade, and the answer that names them.
  func leaders(
    of grade: Grade, _ reading: () async throws -> [Person]
  ) async throws -> (people: [Person], answer: [UInt8]) {
    let cache = leaders.withLock { leaders in
      if let known = leaders[grade] { return known }
      if leaders.count >= LiveLists.capacity { leaders.removeAll() }
      let fresh = MaintainedCache<LeaderList>(lifetime: lifetime)
      leaders[grade] = fresh
      return fresh
    }
    return try await cache.use(at: clock.now) {
      ($0.people, $0.answer())
    } reading: {
      LeaderList(try await reading())
    }
  }

  /// The number of a change, taken within its transaction: changes are numbered in their order.
  func nextNumber() -> Int {
    numbers.withLock { number in
      number += 1
      return number
    }
  }

  func apply(_ person: Person, _ number: Int) {
    present.apply(person, number)
    for cache in leaderCaches(of: person) { cache.apply(person, number) }
  }

  /// Drops all caches: many people have changed, or it is unknown whether one has.
  func invalidate(_ number: Int) {
    present.invalidate(number)
    for cache in leaders.withLock({ Array($0.values) }) { cache.invalidate(number) }
  }

  private func leaderCaches(of person: Person) -> [MaintainedCache<LeaderList>] {
    leaders.withLock { leaders in
      guard !leaders.isEmpty else { return [] }
      return (1...10).compactMap { length in
        Grade(String(person.number.prefix(length))).flatMap { leaders[$0] }
      }
    }
  }
}
