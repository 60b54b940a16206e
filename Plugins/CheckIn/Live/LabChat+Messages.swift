internal import JSON
internal import PluginKit

// Messages of clients of version 2.
extension LabChat {
  func compose(_ message: MemberMessage) throws -> Event {
    guard message.data["to"]?.string == nil else {
      throw TopicRefusal.bad("a message to one student is of type checkin.private")
    }
    let text = try LabChat.signed(message, find(member: message.sender.id))
    return Event("checkin.msg", ["message": text.json], author: message.sender.id)
  }

  func sendPrivate(_ message: MemberMessage) async throws -> JSONValue {
    guard let number = message.sender.profiles[.studentNumber],
      let person = try await store.find(number), person.isPresent
    else { throw TopicRefusal.denied }
    guard let to = message.data["to"]?.string else { throw TopicRefusal.bad("to is missing") }
    var text = try LabChat.signed(message, ChatPerson(person))
    text.type = ChatMessage.Kind.direct
    text.to = to
    try await send(text, author: message.sender.id)
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
