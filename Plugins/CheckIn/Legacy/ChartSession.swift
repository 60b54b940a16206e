internal import JSON
internal import PluginKit
internal import Primitives

/// The session of a second connection of a student, which was told so and is being closed.
final class RefusedChartSession: DialectSession {
  func received(_ text: [UInt8]) async {}
  func closed(_ how: Departure) async {}
}

/// One client of `/chart`.
final class ChartSession: DialectSession {
  private let chat: LabChat
  private let person: ChatPerson
  private let identity: Identity
  private let connection: any DialectConnection
  private var rate = TokenBucket(perSecond: 30, burst: 60)

  init(
    _ chat: LabChat, _ person: ChatPerson, _ identity: Identity,
    _ connection: any DialectConnection
  ) {
    self.chat = chat
    self.person = person
    self.identity = identity
    self.connection = connection
  }

  /// Undocumented frames are ignored: the protocol has no way to report an error.
  func received(_ text: [UInt8]) async {
    guard let value = try? JSONValue(parsing: text), case .object = value else { return }
    var message = ChatMessage(value)
    message.sign(as: chat.find(member: identity.id) ?? person)
    switch message.type {
    case ChatMessage.Kind.heartbeat where message.message == ChatMessage.ping:
      message.message = ChatMessage.pong
      await connection.send(ChartFrame.system(message.json))
    case ChatMessage.Kind.group, ChatMessage.Kind.direct: await send(message)
    default: return
    }
  }

  private func send(_ message: ChatMessage) async {
    guard message.isShort else {
      return await connection.close(code: 1009, reason: "message_too_long")
    }
    guard rate.takes(atMilliseconds: chat.services.clock.now), await connection.mayPublish() else {
      return await connection.close(code: ChartDialect.tooFast, reason: "rate_limited")
    }
    do {
      try await chat.send(message, author: identity.id)
    } catch {
      chat.services.log.warning("a private message was not sent", ["reason": "\(error)"])
    }
  }

  func closed(_ how: Departure) async { chat.connections.release(person.number, connection) }
}
