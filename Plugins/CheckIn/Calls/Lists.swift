internal import JSON
internal import PluginKit
internal import Storage

extension Documents {
  private static let lin = """
    {"name":"lin","id":2,"endTime":"2022-08-31 17:58:51","startTime":"2022-08-31 22:03:40",\
    "status":1,"weekTime":56.97,"totalTime":56.97,"studentid":"2100301418"}
    """

  private static func list(_ items: String) -> JSONValue {
    example(
      #"{"flag":true,"msg":null,"recordtime":null,"data":[\#(items)],"code":null}"#)
  }

  static let topThree = Operation(
    "The three with the longest week in a grade",
    parameters: [.query("grade", .string, "How the student numbers begin.", example: "21")],
    answers: [.ok(envelope(.array(of: user)), example: list(lin))], access: access)

  static let showOnline = Operation(
    "Everyone in the lab", answers: [.ok(envelope(.array(of: user)), example: list(lin))],
    access: access)

  static let records = Operation(
    "All stays of one person, newest first",
    details: """
      Outside of the open networks one's own only, or any for staff. At most 2,000 at once; \
      `before` goes on.
      """,
    parameters: [
      .query("userid", .integer, "`User.id`, not the student number.", example: 1),
      .query(
        "before", .integer, optional: true, "Only stays with a smaller `id`.", example: 1000),
    ],
    answers: [
      .ok(
        envelope(.array(of: record)),
        example: list(
          """
          {"id":143,"userid":1,"duration":123.5,"status":2,"reporterid":"2100301418",\
          "endTime":"2022-08-31 17:58:34","startTime":"2022-08-26 14:28:43"}
          """))
    ], access: access)

  static let selectOne = Operation(
    "One person by number", details: "Codes: 20051 found, 20090 unknown.",
    parameters: [.query("studentid", .string, "The student number.", example: "2100301418")],
    answers: [
      .ok(
        envelope(.nullable(user)),
        example: example(
          """
          {"flag":true,"msg":"学号2100301418查询成功","recordtime":null,"data":\(lin),"code":20051}
          """))
    ], access: access)

  static let showByGrade = Operation(
    "Everyone in a grade",
    parameters: [
      .query("grade", .string, "How the student numbers begin.", example: "21"),
      .query(
        "isonline", .choice(["0", "1"]), optional: true, "Only the absent, or only the present.",
        example: "1"),
    ], answers: [.ok(envelope(.array(of: user)), example: list(lin))], access: access)
}

extension CheckInPlugin {
  func topThree(_ request: Request) async throws -> Response {
    try await answering(request) {
      guard let grade = Grade(request.input("grade") ?? "") else {
        return Envelope.good(nil, []).response()
      }
      return Envelope.response(try await self.store.leaders(of: grade).answer)
    }
  }

  func showOnline(_ request: Request) async throws -> Response {
    try await answering(request) { Envelope.response(try await self.store.presentAnswer()) }
  }

  /// As many stays as a person collects in years. Strangers in an open network may ask for them.
  private static let maxStays = 2_000

  func records(_ request: Request) async throws -> Response {
    try await list(request) {
      guard let id = request.input("userid").flatMap({ Int($0) }) else { return [] }
      if !self.access.isOpen(request.peer) {
        let number = try await self.store.find(id: id)?.number
        try self.access.requireActing(as: number ?? "", request)
      }
      let before = request.input("before").flatMap { Int($0) } ?? .max
      return try await self.store.stays(of: id, before: before, limit: CheckInPlugin.maxStays).json
    }
  }

  func selectOne(_ request: Request) async throws -> Response {
    let number = number(in: request)
    guard let person = try await store.find(number) else {
      return Envelope.bad("学号\(number)不存在", code: .notFound).response()
    }
    return Envelope.good("学号\(number)查询成功", person.json, code: .found).response()
  }

  func showByGrade(_ request: Request) async throws -> Response {
    try await list(request) {
      guard let grade = Grade(request.input("grade") ?? "") else { return [] }
      let isPresent = request.input("isonline").flatMap { ["0": false, "1": true][$0] }
      return try await self.store.people(of: grade, isPresent: isPresent).json
    }
  }

  /// An answer with data and nothing else.
  private func list(
    _ request: Request, _ data: () async throws -> JSONValue
  ) async throws -> Response {
    try await answering(request) { Envelope.good(nil, try await data()).response() }
  }

  /// The answer, or the documented text where the store fails for good.
  private func answering(
    _ request: Request, _ answer: () async throws -> Response
  ) async throws -> Response {
    do {
      return try await answer()
    } catch let error as StoreError where !error.isTemporary {
      services.log.error("a list cannot be read", ["path": request.path, "reason": "\(error)"])
      return Envelope.bad(nil, "查询失败").response()
    }
  }
}
