internal import Bytes
internal import HubProtocol
internal import HubTopics
internal import JSON
internal import Loop
internal import PluginHost
internal import PluginKit

/// The calls with which other programs use the hub, below `/api/v1`.
struct ServerAPI: Sendable {
  let services: PluginServices
  let server: @Sendable () -> HubServer?

  func register(with registrar: inout Registrar) {
    registrar.post("/api/v1/publish", ServerAPI.publish, publish)
    registrar.post("/api/v1/presence", ServerAPI.presence, presence)
    registrar.post("/api/v1/history", ServerAPI.history, history)
    registrar.post("/api/v1/disconnect", ServerAPI.disconnect, disconnect)
    registrar.post("/api/v1/topics", ServerAPI.topics, topics)
    registrar.post("/api/v1/connections", ServerAPI.connections, connections)
    registerAccounts(with: &registrar)
    registerAudit(with: &registrar)
    registerLogIn(with: &registrar)
  }

  private func publish(_ request: Request) async throws -> Response {
    let body = try request.json()
    let (topic, caller) = try await topic(in: body, request, "publish")
    guard let fields = body["data"]?.object else {
      throw PluginError.invalid("data is missing or no object")
    }
    var event = Event(body["event"]?.string ?? "message", fields)
    event.id = body["id"]?.string
    guard event.id.map({ $0.utf8.count <= ServerAPI.longestID }) ?? true else {
      throw PluginError.invalid("id is longer than \(ServerAPI.longestID) bytes")
    }
    event.author = event.id == nil ? nil : caller.id
    do {
      let position = try await services.hub.publish(event, to: Topic(topic.description))
      // A key publishes all day; for a person it is an act.
      if request.identity != nil {
        note("event.published", by: caller, on: topic.description, request, event.name)
      }
      return .json([
        "topic": .string(topic.description), "offset": .int(Int64(position.offset)),
        "epoch": .string(position.epoch),
      ])
    } catch let error as HubError where error.code == .unknownTopic {
      throw PluginError.notFound("there is no such topic")
    }
  }

  /// As for clients of the hub's protocol: ids are remembered.
  private static let longestID = 128

  private func presence(_ request: Request) async throws -> Response {
    let body = try request.json()
    let (topic, _) = try await topic(in: body, request, "presence")
    let wish = ClientCommand.PresenceRequest(
      rev: nil, after: body["after"]?.int.map { UInt64(max($0, 0)) },
      limit: min(max(body["limit"]?.int ?? 200, 1), 1000))
    let page = try await owner(of: topic).presence(of: topic, wish)
    var out = ByteBuffer()
    out.append(UInt8(ascii: "{"))
    if let page {
      ServerFrame.content(of: page, &out)
    } else {
      out.append("\"total\":0,\"members\":[]" as StaticString)
    }
    out.append(UInt8(ascii: "}"))
    return raw([UInt8](out))
  }

  private func history(_ request: Request) async throws -> Response {
    let body = try request.json()
    let (topic, _) = try await topic(in: body, request, "history")
    let before = body["before"]?.int.map { UInt64(max($0, 0)) }
    let limit = min(max(body["limit"]?.int ?? 50, 1), 300)
    let reply = try await owner(of: topic).history(of: topic, before: before, limit: limit)
    var out = ByteBuffer()
    ServerFrame.history(re: nil, topic: topic, reply.position, reply.page, into: &out)
    return raw([UInt8](out))
  }

  private func disconnect(_ request: Request) async throws -> Response {
    let body = try request.json()
    let caller = try await check(request, "disconnect", topic: nil)
    guard let user = body["user"]?.string else { throw PluginError.invalid("user is missing") }
    let reason: DisconnectReason
    switch body["reason"]?.string {
    case nil, "kicked": reason = .kicked
    case "rebalance": reason = .rebalance
    case .some: throw PluginError.invalid("reason is none of kicked, rebalance")
    }
    let count = await services.hub.disconnect(user, reason)
    note("user.disconnected", by: caller, on: user, request, "\(count) connections")
    return .json(["disconnected": .int(Int64(count))])
  }

  private func topics(_ request: Request) async throws -> Response {
    try await check(request, "topics", topic: nil)
    let query = try ListQuery(try request.json())
    var found: [TopicSummary] = []
    for worker in server()?.workers ?? [] { found += await worker.topicSummaries(query) }
    return .json(["topics": .array(found.prefix(query.limit).map(\.json))])
  }

  private func connections(_ request: Request) async throws -> Response {
    try await check(request, "connections", topic: nil)
    let query = try ListQuery(try request.json())
    var found: [SessionSummary] = []
    for worker in server()?.workers ?? [] { found += await worker.sessionSummaries(query) }
    return .json(["connections": .array(found.prefix(query.limit).map(\.json))])
  }

  private func raw(_ bytes: [UInt8]) -> Response {
    Response(
      status: 200, contentType: "application/json; charset=utf-8", body: .bytes(bytes))
  }

  /// The worker that owns a topic, which has to be of some plugin.
  private func owner(of topic: TopicName) throws -> Worker {
    guard let server = server() else { throw HubError(.stopping) }
    guard server.shared.topics.rules.value(for: topic) != nil else {
      throw PluginError.notFound("there is no such topic")
    }
    return server.workers[topic.owner(among: server.workers.count)]
  }

  private func topic(in body: JSONValue, _ request: Request, _ action: String) async throws
    -> (topic: TopicName, caller: Caller)
  {
    guard let text = body["topic"]?.string, let topic = TopicName(text) else {
      throw PluginError.invalid("topic is missing or not the name of a topic")
    }
    return (topic, try await check(request, action, topic: text))
  }

  /// Actions that need an admin; staff may take all others, too.
  private static let forAdmins: Set<String> = ["publish", "lock"]

  /// The key has to be good, and has to be good for this; or somebody of the staff is logged in.
  @discardableResult
  func check(_ request: Request, _ action: String, topic: String?) async throws -> Caller {
    guard let token = request.token else {
      throw PluginError.keyNeeded
    }
    if let person = request.identity {
      let roles: Roles = ServerAPI.forAdmins.contains(action) ? .admin : [.staff, .admin]
      guard person.hasAny(of: roles) else {
        noteRefusal("call.refused", by: person.auditName, request, "may not \(action)")
        throw PluginError.forbidden("not allowed")
      }
      return Caller(id: person.id, auditName: person.auditName)
    }
    guard let holder = try await server()?.checkKey(token) else {
      noteRefusal("key.refused", by: "", request, "no such key, or an expired one")
      throw PluginError(.unauthorized, "this key is not good")
    }
    guard holder.allows(action, topic) else {
      let place = topic.map { " \($0)" } ?? ""
      noteRefusal("key.refused", by: holder.auditName, request, "may not \(action)\(place)")
      throw PluginError.forbidden("this key may not do that")
    }
    return Caller(id: "key \(holder.id)", auditName: holder.auditName)
  }

  /// The person or key behind a call.
  struct Caller {
    /// Ids of events are remembered by it: two callers may choose the same.
    let id: String
    let auditName: String
  }

  func note(
    _ action: String, by caller: Caller, on target: String, _ request: Request,
    _ detail: String = ""
  ) {
    services.audit.record(
      AuditEvent(action, by: caller.auditName, on: target, from: request.peer.address, detail))
  }

  private func noteRefusal(
    _ action: String, by caller: String, _ request: Request, _ detail: String
  ) {
    services.audit.recordPaced(
      AuditEvent(action, by: caller, from: request.peer.address, detail))
  }
}
