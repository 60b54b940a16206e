internal import JSON
internal import PluginKit
internal import Primitives

/// The documented chat at `/chart`, over the topic that everybody else uses too.
struct Chart: Dialect {
  let chat: Chat
  let sessions: LegacySessions
  let admission: Admission

  func accept(_ connection: any DialectConnection, _ request: Request) async throws
    -> any DialectSession
  {
    guard let number = number(of: request), let person = try await chat.roll.find(number) else {
      throw PluginError(.unauthorized, "check in first")
    }
    guard person.isPresent else { throw PluginError.forbidden("check in first") }
    let identity = try await chat.identity(of: person)
    guard await chat.claim(number, as: identity, connection) else {
      await connection.send(ChartFrame.duplicate(number))
      await connection.close(code: Chat.replaced, reason: "replaced")
      return RefusedChart()
    }
    do {
      try await enter(connection, identity)
    } catch {
      chat.release(number, connection)
      throw error
    }
    chat.arrived(number, connection)
    return ChartSession(chat, ChatPerson(person), identity, connection)
  }

  /// By token where the account has a number, otherwise by the cookie of the last check-in. That
  /// cookie is no login: it counts where anybody may check in as anybody.
  private func number(of request: Request) -> String? {
    if let number = request.identity?.profiles[.studentNumber] { return number }
    guard admission.isOpen(request.peer) else { return nil }
    return request.cookies[LegacySessions.cookie].flatMap {
      sessions.number(of: $0, at: request.receivedAt)
    }
  }

  /// Everybody is told of a newcomer, and so is the newcomer. Whoever counts as present already,
  /// by a version-2 connection or one that was just lost, is no news and gets the map directly.
  private func enter(_ connection: any DialectConnection, _ identity: Identity) async throws {
    let isThere = await chat.services.hub.members(of: Chat.topic)
      .contains { $0.id == identity.id }
    try await connection.subscribe(Chat.topic, as: identity)
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

/// A second connection of somebody who is there: it was told so and is being closed.
final class RefusedChart: DialectSession {
  func received(_ text: [UInt8]) async {}
  func closed(_ how: Departure) async {}
}

/// One client of `/chart`.
final class ChartSession: DialectSession {
  private let chat: Chat
  private let person: ChatPerson
  private let identity: Identity
  private let connection: any DialectConnection
  private var pace = TokenBucket(perSecond: 30, burst: 60)

  init(
    _ chat: Chat, _ person: ChatPerson, _ identity: Identity,
    _ connection: any DialectConnection
  ) {
    self.chat = chat
    self.person = person
    self.identity = identity
    self.connection = connection
  }

  /// Frames that are none of the documented ones are passed over: the protocol has no way to say
  /// what is wrong with them.
  func received(_ text: [UInt8]) async {
    guard let value = try? JSONValue(parsing: text), case .object = value else { return }
    var message = ChatMessage(value)
    message.sign(as: chat.find(member: identity.id) ?? person)
    switch message.type {
    case ChatMessage.Kind.heartbeat where message.message == ChatMessage.ping:
      message.message = ChatMessage.pong
      await connection.send(ChartFrame.system(message.json))
    case ChatMessage.Kind.group, ChatMessage.Kind.direct: await say(message)
    default: return
    }
  }

  private func say(_ message: ChatMessage) async {
    guard message.isShort else {
      return await connection.close(code: 1009, reason: "message_too_long")
    }
    guard pace.takes(atMilliseconds: chat.services.clock.now), await connection.mayPublish() else {
      return await connection.close(code: Chat.tooFast, reason: "rate_limited")
    }
    do {
      try await chat.say(message, author: identity.id)
    } catch {
      chat.services.log.warning("a private message was not sent", ["reason": "\(error)"])
    }
  }

  func closed(_ how: Departure) async { chat.release(person.number, connection) }
}
