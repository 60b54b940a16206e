internal import JSON
internal import PluginKit

/// Moves accounts in and out of rooms as the hub reports their presence.
struct RoomMembership: Sendable {
  let directory: RoomDirectory
  let hub: any Hub

  func authorize(_ who: Identity, _ topic: Topic, _ action: TopicAction) async throws {
    guard let room = RoomName(topic) else { throw TopicRefusal.unknown }
    if who.isGuest {
      // A client of the documents, admitted by its session already.
      guard try await directory.isAdmitted(room, as: who.id) else {
        throw TopicRefusal.unauthorized
      }
      return
    }
    switch action {
    case .subscribe: try await admit(who, room)
    case .publish, .presence, .history:
      guard try await directory.isAdmitted(room, as: who.id) else {
        throw TopicRefusal.denied
      }
    }
  }

  private func admit(_ who: Identity, _ room: RoomName) async throws {
    let admission = try await directory.admit(
      room, who.chatUser, as: who.id, on: nil, by: who.seatRequest,
      isTrusted: who.peer?.isLoopback ?? false)
    switch admission {
    case .admitted, .again: return
    case .full: throw TopicRefusal.full
    case .notYours: throw TopicRefusal.bad("another user of this name is in the room")
    case nil: throw TopicRefusal.unavailable
    }
  }

  /// Follows the report of a change. Reports of a busy topic come late, so the present state of the
  /// hub counts. Guests are followed by their sessions.
  func changed(_ change: MembershipChange) async {
    do {
      try await follow(change)
    } catch {
      await directory.postpone(change)
    }
  }

  /// Repeats the reports that came while the store was away.
  func followPostponed() async {
    for change in await directory.takePostponed() { await changed(change) }
  }

  private func follow(_ change: MembershipChange) async throws {
    let who = change.who
    guard !who.isGuest, let room = RoomName(change.topic) else { return }
    let isThere = await hub.members(of: change.topic).contains { $0.id == who.id }
    switch change.kind {
    case .joined where isThere: try await enter(who, room)
    case .left where !isThere: _ = try await directory.leave(room, who.name, as: who.id, on: nil)
    case .joined, .left: return
    }
  }

  private func enter(_ who: Identity, _ room: RoomName) async throws {
    if try await directory.enter(room, who.name, as: who.id) != .noSeat { return }
    // The booking has expired; another free seat will do.
    do {
      try await admit(who, room)
      _ = try await directory.enter(room, who.name, as: who.id)
    } catch is TopicRefusal {
      await hub.remove(who.id, from: room.topic)
    }
  }

  /// The members of a room with the newcomer, which the hub may not have reported yet.
  func list(of topic: Topic, for who: Identity) async throws -> JSONValue {
    guard let room = RoomName(topic) else { throw TopicRefusal.unknown }
    var members = try await directory.members(of: room)
    if !members.contains(where: { $0.name == who.name }) { members.append(who.chatUser) }
    return JSONValue(members.map { .object($0.json) })
  }

  /// The message of an account, with its own name.
  static func compose(_ message: MemberMessage) throws -> Event {
    guard let room = RoomName(message.topic) else { throw TopicRefusal.unknown }
    guard let text = message.data["msg"]?.string, !text.isEmpty else {
      throw TopicRefusal.bad("null message")
    }
    guard text.unicodeScalars.count <= ChatMessage.longestText else {
      throw TopicRefusal.bad("msg is longer than \(ChatMessage.longestText) characters")
    }
    let composed = ChatMessage(
      user: message.sender.chatUser, room: room.description, text: text)
    let id = message.id.isEmpty ? "\(message.at)-\(UInt32.random(in: 0 ... .max))" : message.id
    let sender = message.sender.id
    return Event(
      "chat.msg", composed.data(id: id, at: message.at, from: sender), author: sender)
  }
}

extension Identity {
  var chatUser: ChatUser { ChatUser(name: name, avatar: avatar) }

  /// Without an address the seat belongs to the account alone.
  var seatRequest: SeatRequest { SeatRequest(account: account, peer: peer ?? .unknown) }
}
