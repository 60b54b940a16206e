internal import JSON
internal import PluginKit
internal import Storage

// Questions: who is there, who was, and for how long.
extension CheckInPlugin {
  func registerLists(with registrar: inout Registrar) {
    registrar.route([.get, .post], "/topthree", Documents.topThree) { request in
      try await self.answering(request) {
        guard let grade = Grade(request.input("grade") ?? "") else {
          return Envelope.good(nil, []).response()
        }
        return Envelope.response(try await self.roll.leaders(of: grade).answer)
      }
    }
    registrar.route([.get, .post], "/showonline", Documents.showOnline) { request in
      try await self.answering(request) {
        Envelope.response(try await self.roll.presentAnswer())
      }
    }
    registrar.route([.get, .post], "/mytimerecored", Documents.records) { request in
      try await self.list(request) { try await self.records(request) }
    }
    registrar.route([.get, .post], "/selectone", Documents.selectOne, selectOne)
    registrar.route([.get, .post], "/showbygrade", Documents.showByGrade) { request in
      try await self.list(request) {
        guard let grade = Grade(request.input("grade") ?? "") else { return [] }
        let isPresent = request.input("isonline").flatMap { ["0": false, "1": true][$0] }
        return try await self.roll.people(of: grade, isPresent: isPresent).json
      }
    }
  }

  /// An answer with data and nothing else.
  private func list(
    _ request: Request, _ data: () async throws -> JSONValue
  ) async throws -> Response {
    try await answering(request) { Envelope.good(nil, try await data()).response() }
  }

  /// The answer, or where the store fails the documented text instead.
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

  /// The newest: more than anybody makes in years.
  private static let mostStays = 10_000

  private func records(_ request: Request) async throws -> JSONValue {
    guard let id = request.input("userid").flatMap({ Int($0) }) else { return [] }
    if !admission.isOpen(request.peer) {
      let number = try await roll.find(id: id)?.number
      try admission.requireActing(as: number ?? "", request)
    }
    return try await roll.stays(of: id, limit: CheckInPlugin.mostStays).json
  }

  private func selectOne(_ request: Request) async throws -> Response {
    let number = request.input("studentid") ?? "null"
    guard let person = try await roll.find(number) else {
      return Envelope.bad("学号\(number)不存在", code: .notFound).response()
    }
    return Envelope.good("学号\(number)查询成功", person.json, code: .found).response()
  }
}
