internal import JSON
internal import PluginKit
internal import Primitives

/// The documented chat at `/chart`, over the same topic as clients of version 2.
struct ChartDialect: Dialect {
  /// As for every member that is removed: the connection is over, and a client has no reason to
  /// come back at once.
  static let ended: UInt16 = 4003
  static let replaced: UInt16 = 4007
  static let tooFast: UInt16 = 4104

  let chat: LabChat
  let sessions: LegacySessions
  let access: AccessRules

  func accept(_ connection: any DialectConnection, _ request: Request) async throws
    -> any DialectSession
  {
    guard let number = try await number(of: request),
      let person = try await chat.store.find(number)
    else {
      throw PluginError(.unauthorized, "check in first")
    }
    guard person.isPresent else { throw PluginError.forbidden("check in first") }
    let identity = try await chat.identity(of: person)
    let hub = chat.services.hub
    guard await chat.connections.claim(number, as: identity, connection, on: hub) else {
      await connection.send(ChartFrame.duplicate(number))
      await connection.close(code: ChartDialect.replaced, reason: "replaced")
      return RefusedChartSession()
    }
    do {
      try await enter(connection, identity)
    } catch {
      chat.connections.release(number, connection)
      throw error
    }
    chat.connections.arrived(number, connection)
    return ChartSession(chat, ChatPerson(person), identity, connection)
  }

  /// The student's number by token where the account has one, otherwise by the cookie of the last
  /// check-in. That cookie is no login: it counts where check-in needs none.
  private func number(of request: Request) async throws -> String? {
    if let number = request.identity?.profiles[.studentNumber] { return number }
    guard access.isOpen(request.peer), let session = request.cookies[LegacySessions.cookie] else {
      return nil
    }
    return try await sessions.number(of: session, at: request.receivedAt)
  }

  /// Joins the topic, which sends the presence map to all. A user that counts as present already,
  /// by a version-2 connection or one that was just lost, changes nothing and gets the map directly.
  private func enter(_ connection: any DialectConnection, _ identity: Identity) async throws {
    let isThere = await chat.services.hub.members(of: LabChat.topic)
      .contains { $0.id == identity.id }
    try await connection.subscribe(LabChat.topic, as: identity)
    guard isThere else { return }
    await connection.send(ChartFrame.system(.object(await chat.map())))
  }

  func frame(for event: Event, in topic: Topic) -> DialectFrame? {
    switch event.name {
    case "presence": return DialectFrame(ChartFrame.system(.object(event.fields)))
    case "checkin.msg":
      guard let message = event.fields["message"] else { return nil }
      return DialectFrame(ChartFrame.user(message), skipsAuthor: true)
    case "checkin.private":
      guard let message = event.fields["message"] else { return nil }
      return DialectFrame(ChartFrame.user(message))
    default: return nil
    }
  }
}
