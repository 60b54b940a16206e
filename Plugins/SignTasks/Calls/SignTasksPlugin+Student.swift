internal import JSON
internal import PluginKit

// The students' calls.
extension SignTasksPlugin {
  func registerStudentCalls(with registrar: inout Registrar) {
    call(&registrar, [.get, .post], "/sign/student_new_sign", Documents.newSigns) { request in
      let user = try await self.user(request)
      try user.require(.student, or: 17300)
      let list = try await self.tasks.new(for: user.id, at: self.now).map { $0.json() }
      return ["list": .array(list)]
    }
    call(&registrar, [.post], "/sign/student_sign_begin", Documents.begin, begin)
    call(&registrar, [.post], "/sign/student_sign_finish", Documents.finish, finish)
    call(&registrar, [.get, .post], "/sign/student_history", Documents.history, history)
    call(&registrar, [.get, .post], "/sign/student_get/:signLogID", Documents.studentGet) {
      request in
      let user = try await self.user(request)
      try user.require(.student, or: 17900)
      let id = try request.id("signLogID", or: 17901)
      guard let log = try await self.logs.log(id, of: user.id) else { throw Verdict(17902) }
      return log
    }
  }

  private func begin(_ request: Request) async throws -> JSONValue {
    let user = try await user(request)
    try user.require(.student, or: 17600)
    let sign = try request.id("sign_id", or: 17601)
    guard let algorithm = algorithm(request) else { throw Verdict(17602) }
    let context = SignAlgorithm.Context(
      sign: sign, token: LoginToken.text(of: request) ?? "", now: services.clock.now)
    guard let key = request.input("key"), let hash = request.input("hash"),
      let read = algorithm.begin(key, hash: hash, context)
    else { throw Verdict(17603) }
    let now = self.now
    guard (now - 60...now + 60).contains(read.time) else { throw Verdict(17604) }
    let auth = LogStore.Auth(
      key: read, algorithm: algorithm, signKey: SignKey.make(), address: request.peer.address,
      device: String((request.headers["user-agent"] ?? "").prefix(200)))
    let log = try await refusing(17609) {
      try await self.logs.begin(sign, by: user.id, auth, at: now)
    }
    await announcer.begun(sign, log: log, by: user.id, at: now)
    return ["signKey": .string(auth.signKey), "signLogId": .string("\(log)")]
  }

  private func finish(_ request: Request) async throws -> JSONValue {
    let user = try await user(request)
    try user.require(.student, or: 17700)
    let sign = try request.id("sign_id", or: 17701)
    guard let algorithm = algorithm(request) else { throw Verdict(17702) }
    let key = request.input("key") ?? ""
    let now = self.now
    let finished = try await refusing(17712) {
      try await self.logs.finish(sign, by: user.id, key, algorithm, at: now)
    }
    await announcer.finished(finished, of: sign, by: user.id, at: now)
    return .null
  }

  private func history(_ request: Request) async throws -> JSONValue {
    let user = try await user(request)
    try user.require(.student, or: 17800)
    var filter = LogStore.Filter(withNotes: request.showsNotes)
    if let status = request.input("status"), !status.isEmpty {
      guard let number = Int64(status), (0...3).contains(number) else { throw Verdict(17801) }
      filter.status = number
    }
    let course = request.trimmed("course")
    if !course.isEmpty { filter.course = course }
    return ["list": .array(try await logs.history(of: user.id, filter))]
  }

  private func algorithm(_ request: Request) -> SignAlgorithm? {
    let name = request.input("algorithm") ?? ""
    guard let found = name.isEmpty ? .table : SignAlgorithm(rawValue: name) else { return nil }
    if found == .table, !services.settings.flag(SignTasksPlugin.plainAlgorithm) { return nil }
    return found
  }
}
