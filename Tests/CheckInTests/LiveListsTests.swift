import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import CheckIn

private func person(_ id: Int, week: Int = 0, isPresent: Bool = false) -> Person {
  Person(
    id: id, name: "s\(id)", number: "\(2_100_000_000 + id)", startedAt: 1_662_000_000,
    endedAt: nil, isPresent: isPresent, week: Hours(hundredths: week),
    total: Hours(hundredths: week), mailbox: nil, avatar: nil,
    zone: .shanghai)
}

/// The caches in memory agree with the tables.
@Suite struct LiveListsTests {
  @Test func `who is present follows every coming and going`() {
    var random = SystemRandomNumberGenerator()
    var people = (1...40).map { person($0, isPresent: $0 % 3 == 0) }
    var presence = PresentList(people.filter(\.isPresent))
    for _ in 0..<2000 {
      let place = Int.random(in: 0..<40, using: &random)
      people[place] = person(
        place + 1, week: Int.random(in: 0..<9, using: &random), isPresent: Bool.random())
      let isKnown = presence.apply(people[place])
      #expect(isKnown)
      let truth = Envelope.good(nil, people.filter(\.isPresent).json).bytes
      let answers = [presence.answer(), presence.answer()]
      #expect(answers == [truth, truth])
    }
  }

  @Test func `the first three follow every longer week`() {
    var people = (1...30).map { person($0) }
    func truth() -> [Person] {
      Array(people.sorted { ($1.week.hundredths, $0.id) < ($0.week.hundredths, $1.id) }.prefix(3))
    }
    var leaders = LeaderList(truth())
    for _ in 0..<3000 {
      let place = Int.random(in: 0..<30)
      people[place] = person(
        place + 1, week: people[place].week.hundredths + Int.random(in: 0..<3),
        isPresent: Bool.random())
      let isKnown = leaders.apply(people[place])
      #expect(isKnown)
      #expect(leaders.people == truth())
      let answer = leaders.answer()
      #expect(answer == Envelope.good(nil, truth().json).bytes)
    }
    // A shorter week may bring somebody forward who is not known here.
    let isKnown = leaders.apply(person(leaders.people[0].id))
    #expect(!isKnown)
  }

  @Test func `a grade of fewer than three knows all of them`() {
    var leaders = LeaderList([person(1)])
    let isKnown = leaders.apply(person(1, week: 5)) && leaders.apply(person(2, week: 9))
    #expect(isKnown)
    #expect(leaders.people.map(\.id) == [2, 1])
  }

  @Test func `what changes while it is read is not missed`() async throws {
    let cache = MaintainedCache<LeaderList>(lifetime: .max)
    let found = try await cache.use(at: 0) {
      $0.people
    } reading: {
      cache.apply(person(2, week: 7), 1)
      return LeaderList([person(1, week: 3)])
    }
    #expect(found.map(\.id) == [2, 1])
    #expect(try await ids(cache) { LeaderList([]) } == [2, 1])
  }

  @Test func `what was read before a new week is not kept`() async throws {
    let cache = MaintainedCache<LeaderList>(lifetime: .max)
    _ = try await cache.use(at: 0) {
      $0.people
    } reading: {
      cache.invalidate(5)
      return LeaderList([person(1, week: 300)])
    }
    #expect(try await ids(cache) { LeaderList([person(9)]) } == [9])
    // A check-out from before the new week that is told late makes it look again.
    cache.apply(person(1, week: 300), 4)
    #expect(try await ids(cache) { LeaderList([person(8)]) } == [8])
    cache.apply(person(1, week: 2), 6)
    #expect(try await ids(cache) { LeaderList([]) } == [1, 8])
  }

  @Test func `where others may change the tables it is read again after a while`() async throws {
    let cache = MaintainedCache<LeaderList>(lifetime: 1000)
    #expect(try await ids(cache, at: 5000) { LeaderList([person(1)]) } == [1])
    #expect(try await ids(cache, at: 6000) { LeaderList([person(2)]) } == [1])
    #expect(try await ids(cache, at: 6001) { LeaderList([person(2)]) } == [2])
    // A clock that was set back.
    #expect(try await ids(cache, at: 10) { LeaderList([person(3)]) } == [3])
  }

  @Test func `a failed look is no answer, and the next one looks again`() async throws {
    struct Failure: Error {}
    let cache = MaintainedCache<LeaderList>(lifetime: .max)
    await #expect(throws: Failure.self) { try await ids(cache) { throw Failure() } }
    #expect(try await ids(cache) { LeaderList([person(4)]) } == [4])
  }

  @Test func `the first three of ten thousand are looked up once`() async throws {
    try await withLab(demo: false) { bench in
      let staff = try await bench.account("boss", roles: .staff)
      _ = await bench.post(
        "/adduser",
        json: .array(
          (0..<10_000).map {
            ["name": "s", "studentid": .string("\(2_100_000_000 + $0)"), "weekTime": .int($0 % 90)]
          }), as: staff)
      let first = await bench.get("/topthree?grade=21").json
      #expect(first["data"]?.array?.map { $0["weekTime"] } == [89.0, 89.0, 89.0])
      #expect(first["data"]?[0]?["studentid"] == "2100000089")
      let reads = bench.store.metrics.reads
      for _ in 0..<10 { #expect(await bench.get("/topthree?grade=21").json == first) }
      #expect(bench.store.metrics.reads == reads)
      // The leader comes in: that is seen in the answer.
      _ = await bench.get("/login?studentid=2100000089")
      #expect(await bench.get("/topthree?grade=21").json["data"]?[0]?["status"] == 1)
      #expect(await bench.get("/topthree?grade=2").json["data"]?[0]?["status"] == 1)
      try await bench.runJob("reset")
      let reset = await bench.get("/topthree?grade=21").json["data"]?.array
      #expect(reset?.map { $0["studentid"] } == ["2100000000", "2100000001", "2100000002"])
      #expect(reset?.allSatisfy { $0["weekTime"] == 0.0 } == true)
    }
  }

  private func ids(
    _ cache: MaintainedCache<LeaderList>, at now: Int64 = 0,
    _ reading: () async throws -> LeaderList
  ) async throws -> [Int] {
    try await cache.use(at: now) {
      $0.people.map(\.id)
    } reading: {
      try await reading()
    }
  }
}
