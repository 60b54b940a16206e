import JSON
import Rig
import Testing

extension Trials {
  /// The begin of a lecture: the teacher opens a task, and everybody signs at once.
  @Suite struct SignTests {
    /// Students who sign in the same moment; more only wait for each other.
    private static let hands = 64

    @Test func `a task reaches every student, each signs once, and the count is exact`()
      async throws
    {
      let logins = (0..<Trial.pick(short: 24, long: 2000)).map { "s\($0)" }
      try await RealServer.run(
        ["limits.requests_per_second=0"], people: ["teacher:teacher:admin"] + logins
      ) { server, tokens in
        let lecture = try await Lecture.make(
          server, teacher: tokens[0], logins: logins, tokens: Array(tokens.dropFirst()))
        let line = try await Wire.connect(server.address)
        let (sign, told) = try await SignTests.open(lecture, line)
        let begun = ContinuousClock.now
        let count = try await SignTests.signAll(lecture, sign, line)
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        let times = await count.times
        print(
          """
          sign: \(logins.count) students, told p99 \(SignTests.p99(told)) ms, signed in \
          \(seconds) s, calls p99 \(SignTests.p99(times)) ms
          """)
        #expect(await count.codes == [0: 2 * logins.count, 17607: logins.count])
        try await SignTests.compareReport(lecture, sign, line)
        await line.drop()
        guard Trial.isLong, Trial.isOfRelease else { return }
        #expect(SignTests.p99(told) < 250)
        #expect(SignTests.p99(times) < 100)
        #expect(seconds < 10)
      }
    }

    private static func p99(_ values: [Double]) -> Double {
      let sorted = values.sorted()
      return sorted.isEmpty ? 0 : sorted[(sorted.count - 1) * 99 / 100]
    }

    /// The number of a new task, and the milliseconds from its answer until each student knew.
    private static func open(
      _ lecture: Lecture, _ line: Wire
    ) async throws -> (sign: Int, told: [Double]) {
      var seats: [Wire] = []
      for student in lecture.students {
        let wire = try await Wire.connect(lecture.server.address)
        try await wire.enter(token: student.token)
        let answer = try await wire.subscribe("sign.user.\(student.id)")
        guard answer["type"] == "subscribed" else { throw Fault("\(answer)") }
        seats.append(wire)
      }
      let fields: KeyValuePairs = ["course_table_id": "1", "name": "lecture", "time": "45"]
      let made = try await Lecture.call(line, "/sign/create", as: lecture.teacher, fields)
      let answered = ContinuousClock.now
      guard let sign = made.data["signID"]?.int else { throw Fault("\(made)") }
      let told = try await withThrowingTaskGroup(of: Double.self) { group in
        for wire in seats {
          group.addTask {
            max(0, (try await Lecture.hearOfTask(wire, sign) - answered) / .milliseconds(1))
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for wire in seats { await wire.drop() }
      return (sign, told)
    }

    /// Everybody signs; meanwhile the count is never less than what was answered, nor more than what
    /// was asked for.
    private static func signAll(
      _ lecture: Lecture, _ sign: Int, _ line: Wire
    ) async throws -> SignatureCount {
      let count = SignatureCount()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for hand in 0..<hands {
          group.addTask {
            let own = stride(from: hand, to: lecture.students.count, by: hands)
            try await signs(own.map { lecture.students[$0] }, sign, lecture.server, count)
          }
        }
        group.addTask { try await watch(lecture, sign, line, count) }
        try await group.waitForAll()
      }
      return count
    }

    private static func watch(
      _ lecture: Lecture, _ sign: Int, _ line: Wire, _ count: SignatureCount
    ) async throws {
      while await count.answered < lecture.students.count {
        let least = await count.answered
        let task = try await Lecture.call(line, "/sign/teacher_get/\(sign)", as: lecture.teacher)
        let shown = task.data["count"]?.int ?? -1
        #expect(shown >= least)
        #expect(shown <= (await count.asked))
        try await Task.sleep(for: .milliseconds(5))
      }
    }

    private static func signs(
      _ students: [Lecture.Student], _ sign: Int, _ server: RealServer, _ count: SignatureCount
    ) async throws {
      guard !students.isEmpty else { return }
      let line = try await Wire.connect(server.address)
      let clock = try await Lecture.call(line, "/server_status/time", as: students[0].token)
      let now = clock.data["second"]?.int ?? 0
      let begin: KeyValuePairs = [
        "sign_id": "\(sign)", "key": "\(now)\tphone\tandroid", "hash": "\(now)phoneandroid",
      ]
      let finish: KeyValuePairs = ["sign_id": "\(sign)", "key": "1\tphone\t112.2456\t30.3215"]
      for student in students {
        var answers: [Lecture.Answer] = []
        for _ in 0..<2 {
          answers.append(
            try await Lecture.call(line, "/sign/student_sign_begin", as: student.token, begin))
        }
        await count.ask()
        answers.append(
          try await Lecture.call(line, "/sign/student_sign_finish", as: student.token, finish))
        await count.note(answers)
      }
      await line.drop()
    }

    private static func compareReport(_ lecture: Lecture, _ sign: Int, _ line: Wire) async throws {
      let report = try await Lecture.call(
        line, "/sign/teacher_report/\(sign)", as: lecture.teacher
      ).data
      #expect(report["sign"]?["count"]?.int == lecture.students.count)
      #expect(report["absent"] == [])
      let logs = report["list"]?.array ?? []
      #expect(logs.allSatisfy { $0["logStatus"] == 1 })
      #expect(
        logs.compactMap { $0["studentID"]?.int }.sorted() == lecture.students.map(\.id).sorted())
    }
  }
}
