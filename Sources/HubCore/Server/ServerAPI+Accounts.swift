internal import HubStore
internal import JSON
internal import PluginKit
internal import Primitives

// Looking at accounts, confirming and locking them, for the staff's page.
extension ServerAPI {
  func registerAccounts(with registrar: inout Registrar) {
    registrar.post("/api/v1/accounts", ServerAPI.accounts, accounts)
    registrar.post("/api/v1/accounts/:id/confirm", ServerAPI.confirm, confirm)
    registrar.post("/api/v1/accounts/:id/lock", ServerAPI.lock) { [self] request in
      try await lock(request, isActive: false)
    }
    registrar.post("/api/v1/accounts/:id/unlock", ServerAPI.unlock) { [self] request in
      try await lock(request, isActive: true)
    }
  }

  private func accounts(_ request: Request) async throws -> Response {
    try await check(request, "accounts", topic: nil)
    let body = try request.json()
    let limit = min(max(body["limit"]?.int ?? 50, 1), 200)
    let found = try await services.accounts.list(
      after: Int64(body["after"]?.int ?? 0), limit: limit, matching: body["matching"]?.string)
    return Response.json([
      "accounts": .array(found.map(\.json)),
      "next": found.count == limit ? JSONValue(found.last?.id) : .null,
    ])
  }

  private func accountID(_ request: Request) throws -> Int64 {
    guard let id = request.parameters["id"].flatMap({ Int64($0) }) else {
      throw PluginError.notFound("there is no such account")
    }
    return id
  }

  private func confirm(_ request: Request) async throws -> Response {
    let caller = try await check(request, "confirm", topic: nil)
    let wasProvisional = Locked(false)
    let account = try await change(try accountID(request)) { account in
      wasProvisional.withLock { $0 = account.isProvisional }
      account.isSelfMade = false
    }
    if wasProvisional.withLock({ $0 }) {
      note("account.confirmed", by: caller, on: account.auditName, request)
    }
    return .json(account.json)
  }

  private func lock(_ request: Request, isActive: Bool) async throws -> Response {
    let caller = try await check(request, "lock", topic: nil)
    let id = try accountID(request)
    if !isActive && request.identity?.account == id {
      throw PluginError(.conflict, "nobody locks themselves out")
    }
    let account = try await change(id) { $0.isActive = isActive }
    note(
      isActive ? "account.unlocked" : "account.locked", by: caller, on: account.auditName, request)
    return .json(account.json)
  }

  private func change(
    _ id: Int64, _ body: @escaping @Sendable (inout Account) -> Void
  ) async throws -> Account {
    do {
      return try await services.accounts.change(id, body)
    } catch let error as AccountError where error.code == .unknown {
      throw PluginError.notFound("there is no such account")
    } catch let error as AccountError where error.code == .publicPassword {
      throw PluginError(.conflict, error.detail)
    }
  }

  private static let account = Schema.named(
    "Account",
    .object([
      .init("id", .integer), .init("login", .string), .init("name", .string),
      .init("roles", .array(of: .string)), .init("active", .boolean),
      .init("provisional", .boolean, "Its holder made it, and the staff has not confirmed it."),
      .init("profiles", .map(of: .string), "By kind: what the systems know this person by."),
    ]))

  private static let accounts = operation(
    "Look for accounts",
    [
      .init("matching", .string, optional: true, "A part of a login, a name or a profile."),
      .init("after", .integer, optional: true, "`next` of the page before."),
      .init("limit", .integer, optional: true, "At most 200; 50 if missing."),
    ], [.init("accounts", .array(of: account)), .init("next", .nullable(.integer))])

  private static let confirm = changing(
    "Confirm an account that its holder made",
    "It may use more than the chat from then on. For the staff, and keys with the scope `confirm`.")
  private static let lock = changing(
    "Lock an account",
    "Its tokens end, and its connections are closed within a second. \(forLockers)",
    and: themselves)
  private static let unlock = changing(
    "Unlock an account", "Its person may log in again. \(forLockers)", and: themselves)

  private static let forLockers = "For admins, and keys with the scope `lock`."
  private static let themselves = Operation.Answer(
    409, "One's own account, or one with a public password.", failure)

  private static func changing(
    _ summary: String, _ details: String, and further: Operation.Answer...
  ) -> Operation {
    Operation(
      summary, details: details,
      parameters: [.path("id", .integer, "The account's id.", example: 1)],
      answers: [.ok(account), .init(404, "There is no such account.", failure)] + further,
      access: .keyHolder)
  }
}

extension Account {
  /// The fields that staff may see.
  fileprivate var json: JSONValue {
    var kinds = JSONObject()
    for kind in ProfileKind.allCases {
      if let value = profiles[kind] { kinds.append(kind.rawValue, .string(value)) }
    }
    return [
      "id": .int(id), "login": .string(login), "name": .string(name),
      "roles": .array(roles.names.map { .string($0) }), "active": .bool(isActive),
      "provisional": .bool(isProvisional), "profiles": .object(kinds),
    ]
  }
}

// The audit trail, for the staff's page and for programs that collect it.
extension ServerAPI {
  func registerAudit(with registrar: inout Registrar) {
    registrar.post("/api/v1/audit", ServerAPI.audit, audit)
  }

  private func audit(_ request: Request) async throws -> Response {
    try await check(request, "audit", topic: nil)
    let body = try request.json()
    let limit = min(max(body["limit"]?.int ?? 50, 1), 200)
    let entries = try await AuditTable(services.store).page(
      before: body["before"]?.int.map { Int64($0) }, limit: limit)
    return Response.json([
      "entries": .array(entries.map(\.json)),
      "next": entries.count == limit ? JSONValue(entries.last?.id) : .null,
    ])
  }

  private static let audit = operation(
    "The audit trail, newest first",
    [
      .init("before", .integer, optional: true, "`next` of the page before."),
      .init("limit", .integer, optional: true, "At most 200; 50 if missing."),
    ],
    [
      .init(
        "entries",
        .array(
          of: .object([
            .init("id", .integer), .init("at", .integer, "Unix milliseconds."),
            .init("action", .string, "Such as `login.failed` or `account.locked`."),
            .init("actor", .string, "A person, a key or the command line; empty if unknown."),
            .init("target", .string), .init("address", .string), .init("detail", .string),
          ]))), .init("next", .nullable(.integer)),
    ])
}

extension AuditEntry {
  fileprivate var json: JSONValue {
    [
      "id": .int(id), "at": .int(at), "action": .string(event.action),
      "actor": .string(event.actor), "target": .string(event.target),
      "address": .string(event.address), "detail": .string(event.detail),
    ]
  }
}
