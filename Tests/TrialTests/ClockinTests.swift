import JSON
import Rig
import Testing

extension Trials {
  /// The begin of an activity: everybody holds a phone up to the same screen.
  @Suite struct ClockinTests {
    @Test func `phones that scan one screen at once are each recorded once`() async throws {
      let logins = (0..<Trial.pick(short: 24, long: 300)).map { "t\($0)" }
      try await RealServer.run(
        ["limits.requests_per_second=0"],
        people: ["boss:admin:staff:teacher"] + logins.map { "\($0):teacher" }
      ) { server, tokens in
        let hall = try await LectureHall.make(
          server, staff: tokens[0], phones: Array(tokens.dropFirst()))
        let qr = "campus.qr.\(hall.item)"
        let screens = [
          try await ClockinFollower(hall, topic: qr), try await ClockinFollower(hall, topic: qr),
        ]
        let roll = try await ClockinFollower(hall, topic: "campus.activity.\(hall.activity)")
        let count = ScanCount()
        try await ClockinTests.scanAll(hall, screens, roll, count)

        let times = await count.times.sorted()
        let p99 = times[(times.count - 1) * 99 / 100]
        print("clock-in: \(logins.count) phones, p99 \(p99) ms, slowest \(times.last ?? 0) ms")
        #expect(await count.statuses == [200: logins.count, 400: logins.count])
        #expect(await count.refusals == ["已存在该打卡记录。": logins.count])
        for follower in screens + [roll] {
          #expect(Set(await follower.users).count == logins.count)
          #expect(await follower.totals.sorted() == Array(1...logins.count))
        }
        let line = try await Wire.connect(server.address)
        #expect(try await hall.records(line) == logins.count)
        await line.drop()
        guard Trial.isLong, Trial.isOfRelease else { return }
        #expect(p99 < 150)
      }
    }

    /// All phones scan within a few seconds. Meanwhile the table never holds less than was answered,
    /// nor more than was asked for.
    private static func scanAll(
      _ hall: LectureHall, _ screens: [ClockinFollower], _ roll: ClockinFollower,
      _ count: ScanCount
    ) async throws {
      let window = Trial.pick(short: 1000, long: 10_000)
      var chance = Trial.makeChance(for: "clock-in")
      let starts = hall.phones.map { _ in Int.random(in: 0..<window, using: &chance) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for follower in screens + [roll] {
          group.addTask { try await follower.follow(until: hall.phones.count) }
        }
        for (index, phone) in hall.phones.enumerated() {
          group.addTask {
            let line = try await Wire.connect(hall.server.address)
            try await Task.sleep(for: .milliseconds(starts[index]))
            try await scan(hall, phone, screens[index % screens.count], line, count)
            await line.drop()
          }
        }
        group.addTask { try await watch(hall, count) }
        try await group.waitForAll()
      }
    }

    /// Twice, as a thumb that is not sure does.
    private static func scan(
      _ hall: LectureHall, _ phone: String, _ screen: ClockinFollower, _ line: Wire,
      _ count: ScanCount
    ) async throws {
      await count.ask()
      for _ in 0..<2 {
        let answer = try await LectureHall.call(
          line, "POST", "/activities/clockins/", as: phone,
          ["key": .string(await screen.code)])
        await count.note(answer)
      }
    }

    private static func watch(_ hall: LectureHall, _ count: ScanCount) async throws {
      let line = try await Wire.connect(hall.server.address)
      while await count.statuses[200] ?? 0 < hall.phones.count {
        let least = await count.statuses[200] ?? 0
        let shown = try await hall.records(line)
        #expect(shown >= least)
        #expect(shown <= (await count.asked))
        try await Task.sleep(for: .milliseconds(20))
      }
      await line.drop()
    }
  }
}

/// The scans that were begun, and those that were answered.
private actor ScanCount {
  private(set) var asked = 0
  private(set) var times: [Double] = []
  private(set) var statuses: [Int: Int] = [:]
  private(set) var refusals: [String: Int] = [:]

  func ask() { asked += 1 }

  func note(_ answer: LectureHall.Answer) {
    times.append(answer.milliseconds)
    statuses[answer.status, default: 0] += 1
    if let detail = answer.json["detail"]?.string { refusals[detail, default: 0] += 1 }
  }
}
