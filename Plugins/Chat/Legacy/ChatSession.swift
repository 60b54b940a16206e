internal import JSON
internal import PluginKit
internal import Primitives

/// One client that knows only the document.
///
/// With a token the client is its account, whatever name its frames carry, and stays as long as the
/// hub's presence. Without one it is a guest under the names in its frames and stays as long as its
/// connection: such clients do not reconnect by themselves.
final class ChatSession: DialectSession {
  private let directory: RoomDirectory
  private let services: PluginServices
  private let connection: any DialectConnection
  private let account: Identity?
  private let peer: Peer
  private var rate = TokenBucket(perSecond: 30, burst: 60)
  private var sent: UInt64 = 0
  /// The rooms that this connection entered and did not leave, with its name in each.
  private var rooms: [RoomName: ChatUser] = [:]

  init(_ chat: ChatDialect, _ connection: any DialectConnection, _ request: Request) {
    directory = chat.directory
    services = chat.services
    self.connection = connection
    account = request.identity
    peer = request.peer
  }

  func received(_ text: [UInt8]) async {
    do {
      guard rate.takes(atMilliseconds: services.clock.now) else { throw FrameError.tooManyRequests }
      let frame = try ClientFrame(text)
      switch frame.kind {
      case .join: try await join(frame)
      case .leave: try await leave(frame)
      case .msg: try await send(frame)
      }
    } catch let error as FrameError {
      await connection.send(ChatMessage.error(error))
    } catch {
      services.log.warning("a chat frame failed", ["reason": "\(error)"])
      await connection.send(ChatMessage.error(.unavailable))
    }
  }

  /// Announces the leave of a guest at once. The leave of an account is reported by the hub.
  func closed(_ how: Departure) async {
    let isLost = how != .closed(code: 1000) && how != .closed(code: 1005)
    for (room, user) in rooms where account == nil {
      let guest = GuestLeave(
        room: room, user: user.name, occupant: ChatSession.guest(user).id,
        connection: connection.id)
      await directory.connectionEnded(guest, isLost: isLost)
    }
    rooms = [:]
  }
}

// The three frames.
extension ChatSession {
  private func join(_ frame: ClientFrame) async throws {
    let room = frame.room
    let user = try await nameInside(room) ?? user(of: frame)
    let who = identity(of: user)
    let admission = try await directory.admit(
      room, user, as: who.id, on: guestConnection, by: seatRequest, isTrusted: peer.isLoopback)
    switch admission {
    case nil: throw FrameError.tooManyRequests
    case .full: throw FrameError.roomFull
    case .notYours: throw FrameError.illegalData
    case .again: await connection.send(moved(.join, user, room))
    case .admitted(let isNew):
      try await subscribe(room, user, who)
      rooms[room] = user
      let entry = try await enter(room, user, who)
      // Without an announcement to all, the sender still gets its answer.
      if entry == .shared || !isNew && entry == .already {
        await connection.send(moved(.join, user, room))
      }
    }
  }

  private func subscribe(_ room: RoomName, _ user: ChatUser, _ who: Identity) async throws {
    do {
      try await connection.subscribe(room.topic, as: who)
    } catch {
      try await directory.withdraw(room, user.name, as: who.id, on: guestConnection)
      if case TopicRefusal.full = error { throw FrameError.roomFull }
      throw error
    }
  }

  /// An entry that the store refuses ends the subscription, too.
  private func enter(
    _ room: RoomName, _ user: ChatUser, _ who: Identity
  ) async throws -> Rooms.Entry {
    do {
      return try await directory.enter(room, user.name, as: who.id)
    } catch {
      await connection.unsubscribe(room.topic)
      throw error
    }
  }

  private func leave(_ frame: ClientFrame) async throws {
    let (user, who) = try await speaker(of: frame)
    if account == nil {
      let leaving = try await directory.leave(
        frame.room, user.name, as: who.id, on: guestConnection)
      rooms[frame.room] = nil
      if leaving == .stays { await connection.send(moved(.leave, user, frame.room)) }
      return await connection.unsubscribe(frame.room.topic)
    }
    rooms[frame.room] = nil
    // The account may be in the room by other connections, which only the hub knows. The sender is
    // answered here, and the others when the hub reports the leave.
    await connection.send(moved(.leave, user, frame.room))
    await connection.unsubscribe(frame.room.topic)
  }

  private func send(_ frame: ClientFrame) async throws {
    var (user, who) = try await speaker(of: frame)
    guard await connection.mayPublish() else { throw FrameError.tooManyRequests }
    if account == nil { user.avatar = frame.user.avatar }
    sent += 1
    let message = ChatMessage(user: user, room: frame.room.description, text: frame.text)
    let event = Event(
      "chat.msg",
      message.data(id: "\(connection.id)-\(sent)", at: services.clock.now, from: who.id),
      author: who.id)
    try await services.hub.publish(event, to: frame.room.topic)
  }

  /// The user that this connection is in the room of a frame.
  private func speaker(of frame: ClientFrame) async throws -> (ChatUser, Identity) {
    let user = user(of: frame)
    let who = identity(of: user)
    switch try await directory.standing(frame.room, as: who.id, on: guestConnection) {
    case .noRoom: throw FrameError.roomNotExist
    case .inside where rooms[frame.room] != nil: return (user, who)
    case .inside, .notThere: throw FrameError.userNotExist
    }
  }
}

// The user of the connection.
extension ChatSession {
  private var guestConnection: String? { account == nil ? connection.id : nil }

  private var seatRequest: SeatRequest { SeatRequest(account: account?.account, peer: peer) }

  /// The user of a guest in a room that it has not left: one name per room.
  private func nameInside(_ room: RoomName) async throws -> ChatUser? {
    guard account == nil, let user = rooms[room] else { return nil }
    let occupant = ChatSession.guest(user).id
    let standing = try await directory.standing(room, as: occupant, on: guestConnection)
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

  /// The identity of a guest in the hub. It is unique: the hub generates those of its own guests.
  static func guest(_ user: ChatUser) -> Identity {
    Identity(guest: guestPrefix + user.name, name: user.name, avatar: user.avatar)
  }

  static let guestPrefix = "chat:"

  private func moved(_ move: RoomChange.Move, _ user: ChatUser, _ room: RoomName) -> [UInt8] {
    ChatMessage(user: user, room: room.description, text: move.rawValue).frame("user")
  }
}
