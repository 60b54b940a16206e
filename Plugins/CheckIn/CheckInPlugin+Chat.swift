internal import JSON
internal import PluginKit

// The chat for clients of version 2, and the documented one.
extension CheckInPlugin {
  func registerChat(with registrar: inout Registrar) {
    var rules = TopicRules()
    rules.presence = true
    rules.publisher = .member
    rules.maxMembers = 500
    // Students without an account come in over `/chart`; all other guests are refused.
    rules.allowsGuests = true
    let chat = self.chat
    rules.authorize = { who, _, _ in try await chat.authorize(who) }
    rules.membership = { change in await chat.changed(change) }
    rules.compose = { message in try chat.compose(message) }
    registrar.topic(
      Chat.topic.description, "The chat of those who are in the lab.", rules,
      events: Documents.chatEvents)
    registrar.on(
      "checkin.private", "A message to one student.",
      data: .object([
        .init("to", .string, "The student's number."),
        .init("message", .string, "At most 4000 bytes."),
      ]), answer: .object([.init("to", .string)])
    ) { message in try await chat.sendPrivate(message) }
    registrar.dialect(
      ["/chart"], "chart", Chart(chat: chat, sessions: sessions, admission: admission))
  }
}

extension Chat {
  func compose(_ message: MemberMessage) throws -> Event {
    guard message.data["to"]?.string == nil else {
      throw TopicRefusal.bad("a message to one student is of type checkin.private")
    }
    let text = try Chat.signed(message, find(member: message.sender.id))
    return Event("checkin.msg", ["message": text.json], author: message.sender.id)
  }

  func sendPrivate(_ message: MemberMessage) async throws -> JSONValue {
    guard let number = message.sender.profiles[.studentNumber],
      let person = try await roll.find(number), person.isPresent
    else { throw TopicRefusal.denied }
    guard let to = message.data["to"]?.string else { throw TopicRefusal.bad("to is missing") }
    var text = try Chat.signed(message, ChatPerson(person))
    text.type = ChatMessage.Kind.direct
    text.to = to
    try await say(text, author: message.sender.id)
    return ["to": .string(to)]
  }

  private static func signed(
    _ message: MemberMessage, _ person: ChatPerson?
  ) throws -> ChatMessage {
    guard let text = message.data["message"]?.string, !text.isEmpty,
      text.utf8.count <= ChatMessage.longestText
    else { throw TopicRefusal.bad("message is missing or too long") }
    guard let person else { throw TopicRefusal.bad("join the chat first") }
    var signed = ChatMessage()
    signed.type = ChatMessage.Kind.group
    signed.message = text
    signed.sign(as: person)
    return signed
  }
}
