internal import PluginKit
internal import Primitives

/// The grades with subscribers, which are the only prefixes of a number worth an event.
///
/// The first two digits are the grade of the documents and always count; other prefixes count
/// while they have a subscriber.
final class FollowedGrades: Sendable {
  private let prefixes = Locked<Set<String>>([])
  private let tidied = Locked<Int64>(.min)
  private let capacity: Int

  init(capacity: Int = 1000) { self.capacity = capacity }

  /// Adds the grade of a subscription that stands. Throws when too many other prefixes are followed,
  /// after forgetting those without subscribers.
  func follow(_ grade: Grade, _ hub: any Hub, at now: Int64) async throws(TopicRefusal) {
    guard grade.prefix.utf8.count != 2, !add(grade.prefix) else { return }
    if mayTidy(at: now) { await tidy(hub) }
    guard add(grade.prefix) else { throw .unavailable }
  }

  /// False if the list is full.
  private func add(_ prefix: String) -> Bool {
    prefixes.withLock { prefixes in
      guard prefixes.contains(prefix) || prefixes.count < capacity else { return false }
      prefixes.insert(prefix)
      return true
    }
  }

  /// Once a second at most: each run asks up to a thousand topics.
  private func mayTidy(at now: Int64) -> Bool {
    tidied.withLock { last in
      guard last == .min || now < last || now - last >= 1000 else { return false }
      last = now
      return true
    }
  }

  /// The grades to which the events of `number` go.
  func grades(of number: String) -> [Grade] {
    var grades = Grade(of: number).map { [$0] } ?? []
    let others = prefixes.withLock { prefixes in
      prefixes.isEmpty ? [] : prefixes.filter { number.hasPrefix($0) }
    }
    grades += others.sorted().compactMap { Grade($0) }
    return grades
  }

  /// The followed grades that are not of two digits.
  var others: [Grade] { prefixes.withLock { $0.sorted() }.compactMap { Grade($0) } }

  /// Forgets grades without subscribers.
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
