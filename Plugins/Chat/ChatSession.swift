internal import JSON
internal import PluginKit
internal import Primitives

/// One client that knows only the document.
///
/// With a token it is its account, whatever name its frames carry, and the hub's presence says how
/// long it stays. Without one it is a guest under the names in its frames, and lives as long as
/// its connection: such clients do not come back by themselves.
final class ChatSession: DialectSession {
  private let book: RoomBook
  private let services: PluginServices
  private let connection: any DialectConnection
  private let account: Identity?
  private let peer: Peer
  private var pace = TokenBucket(perSecond: 30, burst: 60)
  private var sent: UInt64 = 0
  /// Rooms this connection came into and did not leave, with the name it has there.
  private var rooms: [RoomName: ChatUser] = [:]

  init(_ chat: ChatDialect, _ connection: any DialectConnection, _ request: Request) {
    book = chat.book
    services = chat.services
    self.connection = connection
    account = request.identity
    peer = request.peer
  }

  func received(_ text: [UInt8]) async {
    do {
      guard pace.takes(atMilliseconds: services.clock.now) else { throw Complaint.tooManyRequests }
      let frame = try ClientFrame(text)
      switch frame.kind {
      case .join: try await join(frame)
      case .leave: try await leave(frame)
      case .msg: try await say(frame)
      }
    } catch let complaint as Complaint {
      await connection.send(ChatMessage.error(complaint))
    } catch {
      services.log.warning("a chat frame was not followed", ["reason": "\(error)"])
      await connection.send(ChatMessage.error(.unavailable))
    }
  }

  /// The others in its rooms are told at once. Where it is an account, the hub tells.
  func closed(_ how: Departure) async {
    let isLost = how != .closed(code: 1000) && how != .closed(code: 1005)
    for (room, user) in rooms where account == nil {
      let party = ChatSession.guest(user).id
      _ = await book.leave(room, user.name, as: party, on: connection.id, isLost: isLost)
    }
    rooms = [:]
  }
}

// The three frames.
extension ChatSession {
  private func join(_ frame: ClientFrame) async throws {
    let room = frame.room
    let user = await nameInside(room) ?? user(of: frame)
    let who = identity(of: user)
    let admission = await book.admit(
      room, user, as: who.id, on: line, by: claim, isTrusted: peer.isLoopback)
    switch admission {
    case nil: throw Complaint.tooManyRequests
    case .full: throw Complaint.roomFull
    case .notYours: throw Complaint.illegalData
    case .again: await connection.send(moved(.join, user, room))
    case .admitted(let isNew):
      try await subscribe(room, user, who)
      rooms[room] = user
      let entry = await book.enter(room, user.name, as: who.id)
      // Where the others are told nothing new, the sender still gets its answer.
      if entry == .shared || !isNew && entry == .already {
        await connection.send(moved(.join, user, room))
      }
    }
  }

  private func subscribe(_ room: RoomName, _ user: ChatUser, _ who: Identity) async throws {
    do {
      try await connection.subscribe(room.topic, as: who)
    } catch {
      await book.withdraw(room, user.name, as: who.id, on: line)
      if case TopicRefusal.full = error { throw Complaint.roomFull }
      throw error
    }
  }

  private func leave(_ frame: ClientFrame) async throws {
    let (user, who) = try await speaker(of: frame)
    rooms[frame.room] = nil
    if account == nil {
      let leaving = await book.leave(frame.room, user.name, as: who.id, on: line)
      if leaving == .stays { await connection.send(moved(.leave, user, frame.room)) }
      return await connection.unsubscribe(frame.room.topic)
    }
    // The account may be there by other connections too, which only the hub knows: it is told
    // here, and the others when the hub says that nothing is left.
    await connection.send(moved(.leave, user, frame.room))
    await connection.unsubscribe(frame.room.topic)
  }

  private func say(_ frame: ClientFrame) async throws {
    var (user, who) = try await speaker(of: frame)
    guard await connection.mayPublish() else { throw Complaint.tooManyRequests }
    if account == nil { user.avatar = frame.user.avatar }
    sent += 1
    let message = ChatMessage(user: user, room: frame.room.description, text: frame.text)
    let event = Event(
      "chat.msg",
      message.data(id: "\(connection.id)-\(sent)", at: services.clock.now, from: who.id),
      author: who.id)
    try await services.hub.publish(event, to: frame.room.topic)
  }

  /// Who this connection is in the room of a frame.
  private func speaker(of frame: ClientFrame) async throws(Complaint) -> (ChatUser, Identity) {
    let user = user(of: frame)
    let who = identity(of: user)
    switch await book.standing(frame.room, user.name, as: who.id, on: line) {
    case .noRoom: throw .roomNotExist
    case .inside where rooms[frame.room] != nil: return (user, who)
    case .inside, .notThere: throw .userNotExist
    }
  }
}

// Who it is.
extension ChatSession {
  private var line: String? { account == nil ? connection.id : nil }

  private var claim: Claim { Claim(account: account?.account, peer: peer) }

  /// Who this connection is in a room that it has not left: one name per room.
  private func nameInside(_ room: RoomName) async -> ChatUser? {
    guard account == nil, let user = rooms[room] else { return nil }
    let party = ChatSession.guest(user).id
    let standing = await book.standing(room, user.name, as: party, on: line)
    return standing == .inside ? user : nil
  }

  private func user(of frame: ClientFrame) -> ChatUser {
    account.map { ChatUser(name: $0.name, avatar: $0.avatar) } ?? frame.user
  }

  private func identity(of user: ChatUser) -> Identity {
    var who = account ?? ChatSession.guest(user)
    who.peer = peer
    return who
  }

  /// A guest's name to the hub. Nobody else can have it: the hub makes up those of its own guests.
  static func guest(_ user: ChatUser) -> Identity {
    Identity(guest: guestPrefix + user.name, name: user.name, avatar: user.avatar)
  }

  static let guestPrefix = "chat:"

  private func moved(_ move: News.Move, _ user: ChatUser, _ room: RoomName) -> [UInt8] {
    ChatMessage(user: user, room: room.description, text: move.rawValue).frame("user")
  }
}
