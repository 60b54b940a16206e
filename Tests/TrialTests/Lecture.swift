import JSON
import Rig

/// A course with its teacher and students, over lines that stay open.
struct Lecture: Sendable {
  struct Student: Sendable {
    /// `userSysID`.
    let id: Int
    let token: String
  }

  struct Answer: Sendable {
    let code: Int
    let data: JSONValue
    let milliseconds: Double
  }

  private static let columns =
    "course_table_id,teacher,course,department,enrol_year,year,term,from_week,end_week,status,classes"
  private static let form = "application/x-www-form-urlencoded"

  let server: RealServer
  let teacher: String
  let students: [Student]

  /// Imports the course and its students, whose tokens come in the order of their logins.
  static func make(
    _ server: RealServer, teacher: String, logins: [String], tokens: [String]
  ) async throws -> Lecture {
    let line = try await Wire.connect(server.address)
    func take(_ kind: String, _ csv: String) async throws {
      let body: JSONValue = ["kind": .string(kind), "csv": .string(csv)]
      let reply = try await line.call(
        "POST", "/admin/api/sign/import",
        headers: [("token", teacher), ("Content-Type", "application/json")],
        body: String(decoding: body.encoded(), as: UTF8.self))
      guard reply.status == 200 else { throw Fault("\(kind): \(reply.text)") }
    }
    try await take("courses", "\(columns)\n1,teacher,course,department,2012,2015,0,1,22,0,")
    try await take(
      "selections", "course_table_id,student\n" + logins.map { "1,\($0)" }.joined(separator: "\n"))
    let list = try await line.call(
      "GET", "/admin/api/sign/courses/1/students", headers: [("token", teacher)])
    let limits = JSONLimits(bytes: 16 << 20, values: 1_000_000)
    let found = try JSONValue(parsing: list.body, limits: limits)["students"]?.array ?? []
    let ids = Dictionary(
      found.map { ($0["uid"]?.string ?? "", $0["studentID"]?.int ?? 0) },
      uniquingKeysWith: { first, _ in first })
    await line.drop()
    let students = zip(logins, tokens).compactMap { login, token in
      ids[login].map { Student(id: $0, token: token) }
    }
    guard students.count == logins.count else { throw Fault("only \(students.count) students") }
    return Lecture(server: server, teacher: teacher, students: students)
  }

  /// A documented call. Fields must not need an escape other than that of a tab.
  static func call(
    _ line: Wire, _ path: String, as token: String, _ fields: KeyValuePairs<String, String> = [:]
  ) async throws -> Answer {
    let body = fields.map { "\($0)=\($1.replacing("\t", with: "%09"))" }.joined(separator: "&")
    let begun = ContinuousClock.now
    let reply = try await line.call(
      "POST", path, headers: [("token", token), ("Content-Type", form)], body: body)
    let took = ContinuousClock.now - begun
    let limits = JSONLimits(bytes: 16 << 20, values: 1_000_000)
    let answer = try JSONValue(parsing: reply.body, limits: limits)
    guard let code = answer["code"]?.int else { throw Fault("\(path): \(reply.text)") }
    return Answer(code: code, data: answer["data"] ?? .null, milliseconds: took / .milliseconds(1))
  }

  /// Waits for the next new task on the student's own topic; when it came.
  static func hearOfTask(_ wire: Wire, _ sign: Int) async throws -> ContinuousClock.Instant {
    while true {
      let frame = try await wire.hear()
      if frame["type"] == "ping" {
        try await wire.say(["type": "pong", "data": ["t": frame["ts"] ?? 0]])
      }
      if frame["data"]?["sign"]?["signID"]?.int == sign { return .now }
    }
  }
}

/// The signatures that were begun to be finished, and those that were answered.
actor SignatureCount {
  private(set) var asked = 0
  private(set) var answered = 0
  private(set) var times: [Double] = []
  private(set) var codes: [Int: Int] = [:]

  func ask() { asked += 1 }

  func note(_ answers: [Lecture.Answer]) {
    answered += 1
    times += answers.map(\.milliseconds)
    for answer in answers { codes[answer.code, default: 0] += 1 }
  }
}
