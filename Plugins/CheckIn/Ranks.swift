internal import PluginKit

/// Notices when the first three of a grade have changed.
///
/// A check-out can only lift one person, so the first three have changed exactly when that person
/// is among them afterwards with a longer week than before. Asking the table each time would be
/// dear under load: what the third had a moment ago rules most people out.
struct Ranks: Sendable {
  private struct Bar {
    /// What the third had at least; nobody below it is among the first three.
    let week: Hours
    let seenAt: Int64
  }

  let roll: Roll
  let announcer: Announcer
  let followed: Followed
  let clock: any WallClock
  let log: Log
  private let bars = Shared<[Grade: Bar]>([:])
  private let lanes = Lanes()

  init(
    roll: Roll, announcer: Announcer, followed: Followed, clock: any WallClock, log: Log
  ) {
    self.roll = roll
    self.announcer = announcer
    self.followed = followed
    self.clock = clock
    self.log = log
  }

  /// The weeks of these people have become longer, or they are new.
  func lifted(_ people: [Person]) async {
    var touched: [Grade: Set<Int>] = [:]
    for person in people {
      for grade in followed.grades(of: person.number) where mayCount(person, in: grade) {
        touched[grade, default: []].insert(person.id)
      }
    }
    for (grade, ids) in touched {
      await announce(grade) { top in top.contains { ids.contains($0.id) } }
    }
  }

  /// All weeks are back at nothing: every grade that has people has new first three.
  func reset(_ grades: [Grade]) async {
    bars.withLock { $0 = [:] }
    for grade in grades { await announce(grade) { !$0.isEmpty } }
  }

  private func mayCount(_ person: Person, in grade: Grade) -> Bool {
    // Another node may have begun a new week: an old bar is none.
    let oldest = clock.now - 2000
    let bar = bars.withLock { $0[grade] }
    guard let bar, bar.seenAt > oldest else { return true }
    return person.week.hundredths >= bar.week.hundredths
  }

  /// One after another per grade, so that what is sent last is what is true last.
  private func announce(_ grade: Grade, if hasChanged: ([Person]) -> Bool) async {
    await lanes.inTurn(grade.prefix) {
      do {
        let top = try await roll.topThree(of: grade)
        let third = top.count == 3 ? top[2].week : Hours(hundredths: 0)
        let bar = Bar(week: third, seenAt: clock.now)
        bars.withLock { $0[grade] = bar }
        if hasChanged(top) { await announcer.ranks(grade, top) }
      } catch {
        log.warning("ranks cannot be read", ["grade": grade.prefix, "reason": "\(error)"])
      }
    }
  }
}
