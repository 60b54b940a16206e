internal import JSON
internal import PluginKit

extension Documents {
  private static let newcomer = Schema.object([
    .init("studentid", .string, "Letters, digits, `-` and `_`, at most 30."),
    .init("name", .string, "At most 30 characters."),
    .init("weekTime", .number, optional: true), .init("totalTime", .number, optional: true),
    .init("status", .choice([0, 1]), optional: true),
    .init("qq", .nullable(.string), optional: true, "Where mail goes. Never shown."),
    .init("avatar", .nullable(.string), optional: true),
  ])

  static let addUser = Operation(
    "Import one person or many",
    details: """
      An array is a batch: `data` then says how many were added and which numbers were there \
      already. Codes: 20031 saved, 20030 not. Outside of the open networks for staff; within them \
      2000 people a call without a login of the staff.
      """,
    body: Operation.RequestBody(
      .json(.oneOf([newcomer, .array(of: newcomer)])), maxBytes: ImportReader.largestBody,
      example: example(
        #"{"name":"wu","studentid":"2000301421","qq":"10001","avatar":"two.jpg"}"#)),
    answers: [
      .ok(
        envelope(
          .nullable(
            .object([.init("added", .integer), .init("skipped", .array(of: .string))]))),
        example: example(
          #"{"flag":true,"msg":"添加成功","recordtime":null,"data":null,"code":20031}"#))
    ], access: access, limit: .perMinute(30), timeoutSeconds: 60)
}

extension CheckInPlugin {
  func addUser(_ request: Request) async throws -> Response {
    try access.requireStaff(request)
    switch try ImportReader.body(of: request) {
    case .array(let values):
      guard values.count <= ImportReader.maxByStrangers || request.identity?.isStaff == true else {
        throw PluginError.invalid("未登录时一次最多添加\(ImportReader.maxByStrangers)人")
      }
      let newcomers = try values.map { try NewPerson($0) }
      return try await addBatch(newcomers, by: request).response()
    case let value:
      let newcomer = try NewPerson(value)
      let added = try await add([newcomer], by: request)
      guard added.isEmpty else { return Envelope.good("添加成功", code: .saved).response() }
      return Envelope.bad("\(newcomer.number)已存在", code: .notSaved).response()
    }
  }

  private func addBatch(
    _ newcomers: [NewPerson], by request: Request
  ) async throws -> Envelope {
    var fresh = Set(try await add(newcomers, by: request).map(\.number))
    let added = fresh.count
    // Of two with one number the first was added.
    let skipped = newcomers.map(\.number).filter { fresh.remove($0) == nil }
    return .good(
      "添加成功",
      ["added": JSONValue(added), "skipped": .array(skipped.map { .string($0) })], code: .saved)
  }

  private func add(_ newcomers: [NewPerson], by request: Request) async throws -> [Person] {
    let added = try await store.add(newcomers, at: services.clock.seconds)
    if let first = added.first {
      record("people_added", on: first.number, by: request, "\(added.count) added")
    }
    for person in added {
      await announcer.added(person)
      if person.isPresent { await announcer.checkedIn(person) }
    }
    await leaderboard.weeksGrew(added)
    return added
  }
}
