internal import PluginKit
internal import Primitives

/// Checking in and out: what is stored, and then who is told, in the same order for each person.
struct Attendance: Sendable {
  let roll: Roll
  let announcer: Announcer
  let ranks: Ranks
  let chat: Chat
  let post: Post
  let clock: any WallClock
  private let turns = KeyedQueue<String>()

  init(
    roll: Roll, announcer: Announcer, ranks: Ranks, chat: Chat, post: Post, clock: any WallClock
  ) {
    self.roll = roll
    self.announcer = announcer
    self.ranks = ranks
    self.chat = chat
    self.post = post
    self.clock = clock
  }

  func checkIn(_ number: String) async throws -> Roll.Entry {
    try await turns.inTurn(number) {
      let entry = try await roll.checkIn(number, at: clock.seconds)
      if case .checkedIn(let person) = entry { await announcer.cameIn(person) }
      return entry
    }
  }

  func checkOut(_ number: String) async throws -> Roll.Exit {
    let exit = try await turns.inTurn(number) {
      try await close(number, .oneself, at: clock.seconds)
    }
    if case .closed(let person, let stay) = exit, stay.duration.hundredths > 0 {
      await ranks.lifted([person])
    }
    return exit
  }

  func report(_ number: String, by reporter: String) async throws -> Roll.Exit {
    let exit = try await turns.inTurn(number) {
      try await close(number, .report(by: reporter), at: clock.seconds)
    }
    if case .closed(let person, _) = exit { await post.tellReported(person) }
    return exit
  }

  /// The lab closes: everybody who is still there is checked out, and nothing is counted.
  ///
  /// Whoever came after `moment` stays. A failure keeps nobody else in; the first one is thrown in
  /// the end, so that the run counts as failed.
  func closeLab(at moment: Int64) async throws {
    let numbers = try await roll.present(since: moment)
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
    let exit = try await turns.inTurn(number) {
      try await close(number, .night, at: moment)
    }
    if case .closed(let person, _) = exit { await post.tellClosed(person) }
  }

  /// Ends a stay, tells of it, and takes the person out of the chat of those who are present.
  private func close(
    _ number: String, _ closing: Roll.Closing, at moment: Int64
  ) async throws -> Roll.Exit {
    let exit = try await roll.close(number, closing, at: moment)
    guard case .closed(let person, let stay) = exit else { return exit }
    switch closing {
    case .oneself: await announcer.wentOut(person, stay)
    case .night: await announcer.wasClosed(person, stay)
    case .report: await announcer.wasReported(person, stay)
    }
    await chat.stayEnded(person)
    return exit
  }

  /// Takes somebody out of the tables; false if there is nobody of that number.
  func remove(_ number: String) async throws -> Bool {
    let isRemoved = try await turns.inTurn(number) {
      _ = try await close(number, .night, at: clock.seconds)
      return try await roll.remove(number)
    }
    if isRemoved { await ranks.reset(ranks.followed.grades(of: number)) }
    return isRemoved
  }
}

extension WallClock {
  /// Unix seconds.
  var seconds: Int64 { now / 1000 }
}
