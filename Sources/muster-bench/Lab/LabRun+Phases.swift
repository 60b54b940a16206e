import JSON
import Loop

// The run, from the import of the students to the last record.
extension LabRun {
  func run() async throws -> LabOutcome {
    defer { closeAll() }
    try await open(options.doors, "doors")
    try await importStudents()
    try await open(options.doors + options.connections, "dashboards")
    try await sleep(options.warmUp)
    try await load()
    try await compare()
    return outcome
  }

  private func open(_ count: Int, _ what: String) async throws {
    wanted = count
    openMore()
    try await wait("the \(what) did not open", seconds: 120) { ready == wanted }
  }

  private func importStudents() async throws {
    for start in stride(from: 0, to: options.people, by: 2000) {
      let places = start..<min(start + 2000, options.people)
      let people = places.map { place -> JSONValue in
        let student = ledger.students[place]
        return [
          "name": .string("student \(place)"), "studentid": .string(student.number),
          "status": .int(student.isPresent ? 1 : 0),
        ]
      }
      let answer = try await call("POST /adduser", body: JSONValue.array(people).encoded())
      guard answer["data"]?["added"]?.int == places.count else {
        throw RunError("\(target.name) has students already; start it with a fresh folder")
      }
    }
  }

  private func load() async throws {
    let before = (figures(), ProcessFigures(of: own))
    let began = loop.time.monotonic
    loadBegan = began
    // The loop's timers are coarse: looking often spreads the operations.
    try await wait("", seconds: options.seconds + 5) {
      loop.time.monotonic - began >= UInt64(options.seconds * 1e9)
    }
    loadBegan = nil
    outcome.seconds = Double(loop.time.monotonic - began) / 1e9
    let after = (figures(), ProcessFigures(of: own))
    outcome.serverSeconds = LabRun.difference(before.0, after.0)
    outcome.ownSeconds = LabRun.difference(before.1, after.1)
    outcome.memory = after.0?.memory
    outcome.dashboards = options.connections
    try await wait("answers are missing", seconds: 10) { ledger.acknowledged == outcome.due }
    try await wait("dashboards have not seen everything", seconds: 10) {
      outcome.sightings == outcome.due * options.connections
    }
  }

  private var own: Int32 { ProcessFigures.own }

  private func figures() -> ProcessFigures? {
    target.process.flatMap { ProcessFigures(of: $0) }
  }

  private static func difference(_ one: ProcessFigures?, _ two: ProcessFigures?) -> Double? {
    guard let one, let two else { return nil }
    return Double(two.processorTime - one.processorTime) / 1e9
  }
}

// The server's final lists must equal the ledger of the load.
extension LabRun {
  private func compare() async throws {
    // Each topic gathers for itself: a grade's last frame may come behind everybody's.
    try await wait("a change was not told once in each of its topics", seconds: 10) {
      messages.isComplete(outcome.due)
    }
    let present = Set(
      (try await call("GET /showonline")["data"]?.array ?? []).map { $0["studentid"]?.string })
    let expected = Set(ledger.students.filter(\.isPresent).map { Optional($0.number) })
    guard present == expected else {
      throw RunError("\(target.name): \(present.count) are present instead of \(expected.count)")
    }
    ids = [Int](repeating: 0, count: options.people)
    for grade in Ledger.grades { try await compare(grade) }
    waiting = ledger.students.indices.filter { ledger.students[$0].stays > 0 }.map {
      .records(of: $0)
    }
    giveWork()
    try await wait("records could not be read", seconds: 120) {
      waiting.isEmpty && doors.allSatisfy { $0.work == nil }
    }
    outcome.stays = ledger.students.reduce(0) { $0 + $1.stays }
    outcome.hundredths = ledger.hundredths
    outcome.present = expected.count
  }

  private func compare(_ grade: String) async throws {
    let users = try await call("GET /showbygrade?grade=\(grade)")["data"]?.array ?? []
    var count = 0
    for user in users {
      guard let place = Ledger.place(of: user["studentid"]?.string ?? "") else { continue }
      let student = ledger.students[place]
      guard let id = user["id"]?.int, LabRun.hundredths(user["weekTime"]) == student.hundredths,
        LabRun.hundredths(user["totalTime"]) == student.hundredths,
        user["status"]?.int == (student.isPresent ? 1 : 0)
      else { throw RunError("\(target.name): \(user) instead of \(student)") }
      ids[place] = id
      count += 1
    }
    let expected = ledger.students.count { $0.number.hasPrefix(grade) }
    guard count == expected else {
      throw RunError("\(target.name): \(count) students of grade \(grade), not \(expected)")
    }
  }

  /// The records of one student.
  func check(_ place: Int, _ answer: JSONValue) throws {
    let student = ledger.students[place]
    let records = answer["data"]?.array ?? []
    let sum = records.reduce(0) { $0 + (LabRun.hundredths($1["duration"]) ?? -1) }
    guard records.count == student.stays, sum == student.hundredths,
      records.allSatisfy({ $0["status"]?.int == 1 })
    else { throw RunError("\(target.name): \(records.count) records of \(student)") }
  }
}
