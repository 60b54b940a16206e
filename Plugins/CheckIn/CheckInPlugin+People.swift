internal import JSON
internal import PluginKit

// Importing people and their pictures.
extension CheckInPlugin {
  func registerPeople(with registrar: inout Registrar) {
    registrar.post("/adduser", Documents.addUser, addUser)
    registrar.post("/addavatar", Documents.addAvatar, addAvatar)
    registrar.route([.get, .post], "/excel", Documents.excel) { request in
      if Admission.isPrefetch(request) { return Refusal.prefetch(request) }
      try self.admission.requireStaff(request)
      let name = try await self.export.make(at: self.services.clock.seconds)
      self.note("table_made", on: name, by: request)
      return Envelope.good(name).response()
    }
  }

  private func addUser(_ request: Request) async throws -> Response {
    try admission.requireStaff(request)
    switch try Imports.body(of: request) {
    case .array(let values):
      guard values.count <= Imports.mostByStrangers || request.identity?.isStaff == true else {
        throw PluginError.invalid("未登录时一次最多添加\(Imports.mostByStrangers)人")
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
    let added = try await roll.add(newcomers, at: services.clock.seconds)
    if let first = added.first {
      note("people_added", on: first.number, by: request, "\(added.count) added")
    }
    for person in added {
      await announcer.wasAdded(person)
      if person.isPresent { await announcer.cameIn(person) }
    }
    await ranks.lifted(added)
    return added
  }

  private func addAvatar(_ request: Request) async throws -> Response {
    let body = try request.json()
    let number = body["studentid"]?.string ?? ""
    try admission.requireActing(as: number, request)
    guard let avatar = body["avatar"]?.string, Imports.isShort(avatar, 20),
      try await roll.setAvatar(avatar, of: number)
    else { return Envelope.bad(nil).response() }
    chat.forget(number)
    noteActing("picture_set", for: number, by: request)
    return Envelope.good().response()
  }
}

/// Reads what is imported.
enum Imports {
  /// Ten thousand people fit.
  static let largestBody = 8 << 20
  /// In one call of an open network without a login: an import fits, a flood does not.
  static let mostByStrangers = 2000

  static func body(of request: Request) throws -> JSONValue {
    guard case .bytes(let bytes) = request.body else {
      throw PluginError.invalid("需要JSON")
    }
    do {
      return try JSONValue(
        parsing: bytes, limits: JSONLimits(bytes: largestBody, values: 1_000_000))
    } catch {
      throw PluginError(.unreadableBody, "the body is not JSON: \(error)")
    }
  }

  /// At most so many characters, none of them a control character.
  static func isShort(_ text: String, _ longest: Int) -> Bool {
    !text.isEmpty && text.unicodeScalars.count <= longest
      && text.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
  }
}

extension NewPerson {
  /// Throws what is wrong with it, in the words of the system.
  init(_ value: JSONValue) throws {
    guard case .object = value else { throw PluginError.invalid("用户应为JSON对象") }
    guard let number = value["studentid"]?.string, Roll.isPlausible(number) else {
      throw PluginError.invalid("学号无效")
    }
    func wrong(_ what: String) -> PluginError { .invalid("\(number)的\(what)无效") }
    guard let name = value["name"]?.string, Imports.isShort(name, 30) else { throw wrong("姓名") }
    self.init(name: name, number: number)
    week = try NewPerson.hours(value["weekTime"]) ?? { throw wrong("weekTime") }()
    total = try NewPerson.hours(value["totalTime"]) ?? { throw wrong("totalTime") }()
    switch value["status"] ?? .null {
    case .null, .int(0): isPresent = false
    case .int(1): isPresent = true
    default: throw wrong("status")
    }
    if let mailbox = try NewPerson.text(value["qq"], or: wrong("qq")) {
      guard Post.isMailbox(mailbox) else { throw wrong("qq") }
      self.mailbox = mailbox
    }
    avatar = try NewPerson.text(value["avatar"], or: wrong("avatar"))
  }

  private static func hours(_ value: JSONValue?) -> Hours? {
    guard let value, !value.isNull else { return Hours(hundredths: 0) }
    guard let number = value.double, number >= 0, number < 1e9 else { return nil }
    return Hours(rounding: number)
  }

  private static func text(_ value: JSONValue?, or error: PluginError) throws -> String? {
    guard let value, !value.isNull else { return nil }
    guard let text = value.string, Imports.isShort(text, 20) else { throw error }
    return text
  }
}
