internal import PluginKit
internal import Primitives

/// Checking in and out: each change is stored and then announced, in the same order for each person.
struct Attendance: Sendable {
  let store: AttendanceStore
  let announcer: Announcer
  let leaderboard: Leaderboard
  let chat: LabChat
  let notifications: Notifications
  let clock: any WallClock
  private let turns = KeyedQueue<String>()

  init(
    store: AttendanceStore, announcer: Announcer, leaderboard: Leaderboard, chat: LabChat,
    notifications: Notifications, clock: any WallClock
  ) {
    self.store = store
    self.announcer = announcer
    self.leaderboard = leaderboard
    self.chat = chat
    self.notifications = notifications
    self.clock = clock
  }

  func checkIn(_ number: String) async throws -> CheckInResult {
    try await turns.inTurn(number) {
      let result = try await store.checkIn(number, at: clock.seconds)
      if case .checkedIn(let person) = result { await announcer.checkedIn(person) }
      return result
    }
  }

  func checkOut(_ number: String) async throws -> CheckOutResult {
    let result = try await turns.inTurn(number) {
      try await close(number, .oneself, at: clock.seconds)
    }
    if case .closed(let person, let stay) = result, stay.duration.hundredths > 0 {
      await leaderboard.weeksGrew([person])
    }
    return result
  }

  func report(_ number: String, by reporter: String) async throws -> CheckOutResult {
    let result = try await turns.inTurn(number) {
      try await close(number, .report(by: reporter), at: clock.seconds)
    }
    if case .closed(let person, _) = result { await notifications.reported(person) }
    return result
  }

  /// Closes the lab: everyone still present since `moment` or longer is checked out, and the stay
  /// does not count.
  ///
  /// A failure does not stop the others. The first one is thrown in the end, so that the run counts
  /// as failed.
  func closeLab(at moment: Int64) async throws {
    let numbers = try await store.present(since: moment)
    var failure: (any Error)?
    // Side by side the many small transactions share commits.
    for start in stride(from: 0, to: numbers.count, by: 64) {
      await withTaskGroup(of: (any Error)?.self) { group in
        for number in numbers[start..<min(start + 64, numbers.count)] {
          group.addTask {
            do {
              try await closeStay(of: number, at: moment)
              return nil
            } catch {
              return error
            }
          }
        }
        for await error in group { failure = failure ?? error }
      }
    }
    if let failure { throw failure }
  }

  private func closeStay(of number: String, at moment: Int64) async throws {
    let result = try await turns.inTurn(number) {
      try await close(number, .night, at: moment)
    }
    if case .closed(let person, _) = result { await notifications.closedAtNight(person) }
  }

  /// Ends a stay, announces it, and removes the person from the chat.
  private func close(
    _ number: String, _ ending: StayEnding, at moment: Int64
  ) async throws -> CheckOutResult {
    let result = try await store.close(number, ending, at: moment)
    guard case .closed(let person, let stay) = result else { return result }
    switch ending {
    case .oneself: await announcer.checkedOut(person, stay)
    case .night: await announcer.closedAtNight(person, stay)
    case .report: await announcer.reported(person, stay)
    }
    await chat.stayEnded(person)
    return result
  }

  /// Deletes a person; false if the number is unknown.
  func remove(_ number: String) async throws -> Bool {
    let isRemoved = try await turns.inTurn(number) {
      _ = try await close(number, .night, at: clock.seconds)
      return try await store.remove(number)
    }
    if isRemoved { await leaderboard.reset(leaderboard.followed.grades(of: number)) }
    return isRemoved
  }

  /// Sets the hours of the week to zero and announces it.
  func resetWeek(at moment: String) async throws {
    try await store.resetWeek()
    await announcer.weekBegan(at: moment)
    await leaderboard.reset(try await store.grades() + leaderboard.followed.others)
  }
}

extension WallClock {
  /// Unix seconds.
  var seconds: Int64 { now / 1000 }
}
