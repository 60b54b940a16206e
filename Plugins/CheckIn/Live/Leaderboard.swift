internal import PluginKit
internal import Primitives

/// Announces a change of the first three of a grade.
///
/// A check-out lengthens one week, so the first three have changed exactly if that person is among
/// them afterwards.
struct Leaderboard: Sendable {
  let store: AttendanceStore
  let announcer: Announcer
  let followed: FollowedGrades
  let log: Log
  private let turns = KeyedQueue<String>()

  init(store: AttendanceStore, announcer: Announcer, followed: FollowedGrades, log: Log) {
    self.store = store
    self.announcer = announcer
    self.followed = followed
    self.log = log
  }

  /// Checks the grades of people whose weeks have grown, or who are new.
  func weeksGrew(_ people: [Person]) async {
    var touched: [Grade: Set<Int>] = [:]
    for person in people {
      for grade in followed.grades(of: person.number) {
        touched[grade, default: []].insert(person.id)
      }
    }
    for (grade, ids) in touched {
      await announce(grade) { top in top.contains { ids.contains($0.id) } }
    }
  }

  /// Announces the first three of these grades, after all weeks were reset.
  func reset(_ grades: [Grade]) async {
    for grade in grades { await announce(grade) { !$0.isEmpty } }
  }

  /// Announcements of a grade go out one after another, so that the last one sent is current.
  private func announce(_ grade: Grade, if hasChanged: ([Person]) -> Bool) async {
    await turns.inTurn(grade.prefix) {
      do {
        let top = try await store.leaders(of: grade).people
        if hasChanged(top) { await announcer.leadersChanged(grade, top) }
      } catch {
        log.warning("the leaders cannot be read", ["grade": grade.prefix, "reason": "\(error)"])
      }
    }
  }
}
