internal import JSON
internal import PluginKit
internal import Primitives
internal import Storage

/// What everybody asks for, kept in memory: who is here, and who leads each grade.
///
/// SQLite belongs to this process alone, so what is known there stays known. On PostgreSQL somebody
/// else may change the tables: there it is read again after a second.
final class Board: Sendable {
  private let present: Kept<Presence>
  private let leaders = Locked<[Grade: Kept<Leaders>]>([:])
  private let numbers = Locked(0)
  private let clock: any WallClock
  private let lifetime: Int64

  /// So many prefixes are worth remembering; whoever asks for more finds out what that costs.
  private static let capacity = 1000

  init(engine: Engine, clock: any WallClock) {
    self.clock = clock
    lifetime = engine == .sqlite ? .max : 1000
    present = Kept(lifetime: lifetime)
  }

  /// The whole answer to "who is here": to the documented call, or to the topic.
  func presentAnswer(
    isLive: Bool, _ reading: () async throws -> [Person]
  ) async throws -> [UInt8] {
    try await present.use(at: clock.now) {
      $0.answer(isLive: isLive)
    } reading: {
      Presence(try await reading())
    }
  }

  /// The first three of a grade, and the answer that names them.
  func leaders(
    of grade: Grade, _ reading: () async throws -> [Person]
  ) async throws -> (people: [Person], answer: [UInt8]) {
    let kept = leaders.withLock { leaders in
      if let kept = leaders[grade] { return kept }
      if leaders.count >= Board.capacity { leaders.removeAll() }
      let fresh = Kept<Leaders>(lifetime: lifetime)
      leaders[grade] = fresh
      return fresh
    }
    return try await kept.use(at: clock.now) {
      ($0.people, $0.answer())
    } reading: {
      Leaders(try await reading())
    }
  }

  /// The number of a change, taken while it is made: changes are numbered in their order.
  func nextNumber() -> Int {
    numbers.withLock { number in
      number += 1
      return number
    }
  }

  func note(_ person: Person, _ number: Int) {
    present.note(person, number)
    for kept in followers(of: person) { kept.note(person, number) }
  }

  /// Many have changed, or somebody may have.
  func forget(_ number: Int) {
    present.forget(number)
    for kept in leaders.withLock({ Array($0.values) }) { kept.forget(number) }
  }

  private func followers(of person: Person) -> [Kept<Leaders>] {
    leaders.withLock { leaders in
      guard !leaders.isEmpty else { return [] }
      return (1...10).compactMap { length in
        Grade(String(person.number.prefix(length))).flatMap { leaders[$0] }
      }
    }
  }
}

/// Everybody who is here, by id, each in words already.
struct Presence: Following, Sendable {
  /// In words: as the documented call has them, and as the topic does.
  private typealias Words = (documented: [UInt8], live: [UInt8])

  private var people: [(id: Int, words: Words)]
  private var documented: [UInt8]?
  private var live: [UInt8]?

  /// `people` are in the order of their ids.
  init(_ people: [Person]) { self.people = people.map { ($0.id, Self.words(of: $0)) } }

  private static func words(of person: Person) -> Words { (person.encoded, person.live) }

  mutating func take(_ person: Person) -> Bool {
    documented = nil
    live = nil
    let place = place(of: person.id)
    let isListed = place < people.count && people[place].id == person.id
    switch (isListed, person.isPresent) {
    case (true, true): people[place].words = Self.words(of: person)
    case (true, false): people.remove(at: place)
    case (false, true): people.insert((person.id, Self.words(of: person)), at: place)
    case (false, false): break
    }
    return true
  }

  mutating func answer(isLive: Bool = false) -> [UInt8] {
    if let known = isLive ? live : documented { return known }
    let answer = Envelope.good(nil, .raw(list(isLive ? \.live : \.documented))).bytes
    if isLive { live = answer } else { documented = answer }
    return answer
  }

  private func list(_ words: KeyPath<Words, [UInt8]>) -> [UInt8] {
    var list: [UInt8] = []
    list.reserveCapacity(people.reduce(2) { $0 + $1.words[keyPath: words].count + 1 })
    list.append(UInt8(ascii: "["))
    for (index, person) in people.enumerated() {
      if index > 0 { list.append(UInt8(ascii: ",")) }
      list += person.words[keyPath: words]
    }
    list.append(UInt8(ascii: "]"))
    return list
  }

  /// Where somebody is listed, or would be.
  private func place(of id: Int) -> Int {
    var low = 0
    var high = people.count
    while low < high {
      let middle = (low + high) / 2
      if people[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// The three of a grade with the longest week.
struct Leaders: Following, Sendable {
  private(set) var people: [Person]
  private var known: [UInt8]?

  /// `people` are in their order.
  init(_ people: [Person]) { self.people = people }

  mutating func take(_ person: Person) -> Bool {
    if let place = people.firstIndex(where: { $0.id == person.id }) {
      // Somebody whose week became shorter may be behind people that are not known here.
      guard person.week.hundredths >= people[place].week.hundredths else { return false }
      people.remove(at: place)
    } else if people.count == 3, !person.leads(people[2]) {
      return true
    }
    known = nil
    people.insert(person, at: people.firstIndex { person.leads($0) } ?? people.count)
    people = Array(people.prefix(3))
    return true
  }

  mutating func answer() -> [UInt8] {
    if let known { return known }
    let answer = Envelope.good(nil, people.json).bytes
    known = answer
    return answer
  }
}

extension Person {
  /// Does this one stand before `other`?
  fileprivate func leads(_ other: Person) -> Bool {
    week == other.week ? id < other.id : week.hundredths > other.week.hundredths
  }
}
