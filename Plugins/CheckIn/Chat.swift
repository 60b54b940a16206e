internal import JSON
internal import PluginKit
internal import Primitives

/// The chat of those who are in the lab: who is in it, who may come, and what is said.
///
/// It is the topic `checkin.chat`; clients of `/chart` and of version 2 are in it alike.
final class Chat: Sendable {
  static let topic: Topic = "checkin.chat"
  private static let guestPrefix = "checkin:"

  let roll: Roll
  let services: PluginServices
  /// Who is who among the members, by the hub's name for them.
  private let roster = Locked<[String: ChatPerson]>([:])
  /// A connection to `/chart`.
  private struct Line {
    let connection: any DialectConnection
    /// The hub's name for its user.
    let member: String
    /// False while it is still on its way in.
    var hasArrived = false
  }

  /// The one connection of each student to `/chart`, by number.
  private let lines = Locked<[String: Line]>([:])

  init(roll: Roll, services: PluginServices) {
    self.roll = roll
    self.services = services
  }

  /// How the hub knows a student: by the account where there is one.
  func identity(of person: Person) async throws -> Identity {
    guard
      let account = try await services.accounts.find(.profile(.studentNumber, person.number))
    else {
      return Identity(
        guest: Chat.guestPrefix + person.number, name: person.name, avatar: person.avatar ?? "")
    }
    guard account.isActive else { throw PluginError.forbidden("not allowed") }
    return account.identity
  }

  /// Students who are present may come in; those without an account only over `/chart`, which
  /// knows them by what they checked in with.
  func authorize(_ who: Identity) async throws {
    if who.isGuest {
      guard let number = Chat.number(ofGuest: who.id), line(of: number) != nil else {
        throw TopicRefusal.unauthorized
      }
      return
    }
    guard let number = who.profiles[.studentNumber],
      try await roll.find(number)?.isPresent == true
    else { throw TopicRefusal.denied }
  }

  /// The chat is for those who are present.
  func stayEnded(_ person: Person) async {
    let line = lines.withLock { $0[person.number] }
    var members = Set(line.map { [$0.member] } ?? [])
    do {
      let account = try await services.accounts.find(.profile(.studentNumber, person.number))
      if let account { members.insert(account.identity.id) }
    } catch {
      services.log.warning(
        "somebody who has gone may still be in the chat", ["reason": "\(error)"])
    }
    for member in members { await services.hub.remove(member, from: Chat.topic) }
    await line?.connection.close(code: Chat.ended, reason: "checked_out")
  }

  private static func number(ofGuest id: String) -> String? {
    Topic(id).rest(after: "g:" + guestPrefix)
  }

  func find(member id: String) -> ChatPerson? { roster.withLock { $0[id] } }

  /// Somebody came or went: everybody gets the new map.
  func changed(_ change: MembershipChange) async {
    switch change.kind {
    case .joined:
      // Read anew: the picture may be another one since the last time.
      roster.withLock { $0[change.who.id] = nil }
      _ = await person(ofMember: change.who.id)
    case .left: roster.withLock { $0[change.who.id] = nil }
    }
    await publish(Event("presence", await map()))
  }

  /// Everybody who is in the chat, by number, in the documented form.
  func map() async -> JSONObject {
    var map = JSONObject()
    for member in await services.hub.members(of: Chat.topic) {
      guard let person = await person(ofMember: member.id) else { continue }
      map[person.number] = person.entry
    }
    return map
  }

  private func person(ofMember id: String) async -> ChatPerson? {
    if let known = find(member: id) { return known }
    do {
      guard let number = try await number(ofMember: id), let person = try await roll.find(number)
      else { return nil }
      let found = ChatPerson(person)
      roster.withLock { $0[id] = found }
      return found
    } catch {
      services.log.warning("a member of the chat cannot be read", ["reason": "\(error)"])
      return nil
    }
  }

  private func number(ofMember id: String) async throws -> String? {
    if let number = Chat.number(ofGuest: id) { return number }
    guard let account = Int64(id.dropFirst()) else { return nil }
    return try await services.accounts.account(account)?.profiles[.studentNumber]
  }

  /// Pictures are read again from the table.
  func forget(_ number: String) {
    roster.withLock { roster in roster = roster.filter { $0.value.number != number } }
  }
}

// What is said.
extension Chat {
  /// A message to all, or to one student only. Who is not there misses it.
  func say(_ message: ChatMessage, author: String) async throws {
    guard let to = message.to else {
      return await publish(Event("checkin.msg", ["message": message.json], author: author))
    }
    guard let receiver = try await roll.find(to) else { return }
    let event = Event("checkin.private", ["message": message.json], author: author)
    let user = try await identity(of: receiver).id
    await services.hub.send(event, to: user, in: Chat.topic)
  }

  private func publish(_ event: Event) async {
    do {
      try await services.hub.publish(event, to: Chat.topic)
    } catch {
      services.log.warning("a message was not sent", ["reason": "\(error)"])
    }
  }
}

// The lines of `/chart`.
extension Chat {
  func line(of number: String) -> (any DialectConnection)? {
    lines.withLock { $0[number]?.connection }
  }

  /// True if `connection` is now the one of that student; false if another one is and lives.
  func claim(_ number: String, as identity: Identity, _ connection: any DialectConnection) async
    -> Bool
  {
    let older: Line? = lines.withLock { lines in
      if let older = lines[number] { return older }
      lines[number] = Line(connection: connection, member: identity.id)
      return nil
    }
    guard let older else { return true }
    guard older.hasArrived, await !isHeard(older.member) else { return false }
    let isMine = lines.withLock { lines in
      guard lines[number]?.connection.id == older.connection.id else { return false }
      lines[number] = Line(connection: connection, member: identity.id)
      return true
    }
    if isMine { await older.connection.close(code: Chat.replaced, reason: "replaced") }
    return isMine
  }

  /// Whether a member is there and not silent. A connection that has gone silent, or that the hub
  /// does not know any more, is what a newcomer of the same name lost a moment ago.
  private func isHeard(_ id: String) async -> Bool {
    let members = await services.hub.members(of: Chat.topic)
    return members.first { $0.id == id }?.state == .online
  }

  func arrived(_ number: String, _ connection: any DialectConnection) {
    lines.withLock { lines in
      if lines[number]?.connection.id == connection.id { lines[number]?.hasArrived = true }
    }
  }

  func release(_ number: String, _ connection: any DialectConnection) {
    lines.withLock { lines in
      if lines[number]?.connection.id == connection.id { lines[number] = nil }
    }
  }

  /// As for everybody who is put out: this connection is over, and its client has no reason to
  /// come back at once.
  static let ended: UInt16 = 4003
  static let replaced: UInt16 = 4007
  static let tooFast: UInt16 = 4104
}
