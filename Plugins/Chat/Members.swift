internal import JSON
internal import PluginKit

/// How accounts come into rooms and leave them: by what the hub knows of their presence.
struct Members: Sendable {
  let book: RoomBook
  let hub: any Hub

  func authorize(_ who: Identity, _ topic: Topic, _ action: TopicAction) async throws {
    guard let room = RoomName(topic) else { throw TopicRefusal.unknown }
    if who.isGuest {
      // A client of the documents, whom its session has let in already.
      guard await book.isAdmitted(room, who.name, as: who.id) else {
        throw TopicRefusal.unauthorized
      }
      return
    }
    switch action {
    case .subscribe: try await admit(who, room)
    case .publish, .presence, .history:
      guard await book.isAdmitted(room, who.name, as: who.id) else { throw TopicRefusal.denied }
    }
  }

  private func admit(_ who: Identity, _ room: RoomName) async throws {
    let admission = await book.admit(
      room, who.chatUser, as: who.id, on: nil, by: who.claim,
      isTrusted: who.peer?.isLoopback ?? false)
    switch admission {
    case .admitted, .again: return
    case .full: throw TopicRefusal.full
    case .notYours: throw TopicRefusal.bad("somebody else of this name is in the room")
    case nil: throw TopicRefusal.unavailable
    }
  }

  /// The hub tells late where many come and go: what counts is whether somebody is there now.
  /// Guests come and go with their connections, which their sessions know first.
  func changed(_ change: MembershipChange) async {
    let who = change.who
    guard !who.isGuest, let room = RoomName(change.topic) else { return }
    let isThere = await hub.members(of: change.topic).contains { $0.id == who.id }
    switch change.kind {
    case .joined where isThere: await enter(who, room)
    case .left where !isThere: _ = await book.leave(room, who.name, as: who.id, on: nil)
    case .joined, .left: return
    }
  }

  private func enter(_ who: Identity, _ room: RoomName) async {
    if await book.enter(room, who.name, as: who.id) != .noSeat { return }
    // The seat that was kept is gone: it took too long. If there is another one, all is well.
    do {
      try await admit(who, room)
      _ = await book.enter(room, who.name, as: who.id)
    } catch {
      await hub.remove(who.id, from: room.topic)
    }
  }

  /// Who is in, the newcomer too: it may be asked for before the hub has told of it.
  func list(of topic: Topic, for who: Identity) async throws -> JSONValue {
    guard let room = RoomName(topic) else { throw TopicRefusal.unknown }
    var members = await book.members(of: room)
    if !members.contains(where: { $0.name == who.name }) { members.append(who.chatUser) }
    return JSONValue(members.map { .object($0.json) })
  }

  /// What an account says, with its own name on it.
  static func compose(_ message: MemberMessage) throws -> Event {
    guard let room = RoomName(message.topic) else { throw TopicRefusal.unknown }
    guard let text = message.data["msg"]?.string, !text.isEmpty else {
      throw TopicRefusal.bad("null message")
    }
    guard text.unicodeScalars.count <= ChatMessage.longestText else {
      throw TopicRefusal.bad("msg is longer than \(ChatMessage.longestText) characters")
    }
    let said = ChatMessage(
      user: message.sender.chatUser, room: room.description, text: text)
    let id = message.id.isEmpty ? "\(message.at)-\(UInt32.random(in: 0 ... .max))" : message.id
    let sender = message.sender.id
    return Event(
      "chat.msg", said.data(id: id, at: message.at, from: sender), author: sender)
  }
}

extension Identity {
  var chatUser: ChatUser { ChatUser(name: name, avatar: avatar) }

  /// Without an address it is nobody's but the account's.
  var claim: Claim { Claim(account: account, peer: peer ?? .unknown) }
}
