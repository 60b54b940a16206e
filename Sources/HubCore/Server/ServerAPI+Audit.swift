internal import HubStore
internal import JSON
internal import PluginKit

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
