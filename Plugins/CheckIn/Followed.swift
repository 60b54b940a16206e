internal import PluginKit
internal import Primitives

/// The grades that somebody follows: which of the many prefixes of a number are worth an event.
///
/// The first two digits are the grade of the documents and always count; other prefixes count
/// once somebody has subscribed to them.
final class Followed: Sendable {
  private let prefixes = Locked<Set<String>>([])
  private let capacity: Int

  init(capacity: Int = 1000) { self.capacity = capacity }

  /// Throws when so many other prefixes are followed that one more would cost everybody.
  func follow(_ grade: Grade) throws(TopicRefusal) {
    guard grade.prefix.utf8.count != 2 else { return }
    let hasPlace = prefixes.withLock { prefixes in
      if prefixes.contains(grade.prefix) { return true }
      guard prefixes.count < capacity else { return false }
      prefixes.insert(grade.prefix)
      return true
    }
    if !hasPlace { throw .unavailable }
  }

  /// The grades that learn of what `number` does.
  func grades(of number: String) -> [Grade] {
    var grades = Grade(of: number).map { [$0] } ?? []
    let others = prefixes.withLock { prefixes in
      prefixes.isEmpty ? [] : prefixes.filter { number.hasPrefix($0) }
    }
    grades += others.sorted().compactMap { Grade($0) }
    return grades
  }

  /// Those that are followed beside the grades of two digits.
  var others: [Grade] { prefixes.withLock { $0.sorted() }.compactMap { Grade($0) } }

  /// Forgets those that nobody follows any more.
  func tidy(_ hub: any Hub) async {
    for prefix in prefixes.withLock({ $0 }) {
      guard let grade = Grade(prefix), await hub.population(of: grade.topic) == 0 else { continue }
      prefixes.withLock { _ = $0.remove(prefix) }
      // A subscription may have been made between the count and the removal.
      if await hub.population(of: grade.topic) > 0 {
        prefixes.withLock { _ = $0.insert(prefix) }
      }
    }
  }
}

extension Grade {
  var topic: Topic { Topic("checkin.grade.\(prefix)") }
}
