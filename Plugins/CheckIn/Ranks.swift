internal import PluginKit
internal import Primitives

/// Notices when the first three of a grade have changed.
///
/// A check-out can only lift one person, so the first three have changed exactly when that person
/// is among them afterwards with a longer week than before.
struct Ranks: Sendable {
  let roll: Roll
  let announcer: Announcer
  let followed: Followed
  let log: Log
  private let turns = KeyedQueue<String>()

  init(roll: Roll, announcer: Announcer, followed: Followed, log: Log) {
    self.roll = roll
    self.announcer = announcer
    self.followed = followed
    self.log = log
  }

  /// The weeks of these people have become longer, or they are new.
  func lifted(_ people: [Person]) async {
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

  /// All weeks are back at nothing: every grade that has people has new first three.
  func reset(_ grades: [Grade]) async {
    for grade in grades { await announce(grade) { !$0.isEmpty } }
  }

  /// One after another per grade, so that what is sent last is what is true last.
  private func announce(_ grade: Grade, if hasChanged: ([Person]) -> Bool) async {
    await turns.inTurn(grade.prefix) {
      do {
        let top = try await roll.leaders(of: grade).people
        if hasChanged(top) { await announcer.ranks(grade, top) }
      } catch {
        log.warning("ranks cannot be read", ["grade": grade.prefix, "reason": "\(error)"])
      }
    }
  }
}
