internal import JSON
internal import PluginKit
internal import Primitives

/// The chat of the people in the lab: its members, their right to come in, and the messages.
///
/// It is the topic `checkin.chat`; clients of `/chart` and of version 2 are in it alike.
final class LabChat: Sendable {
  static let topic: Topic = "checkin.chat"
  private static let guestPrefix = "checkin:"

  let store: AttendanceStore
  let services: PluginServices
  /// The people behind the members, by the hub's name for them.
  private let roster = Locked<[String: ChatPerson]>([:])
  /// The one connection of each student to `/chart`.
  let connections = ChartConnections()

  init(store: AttendanceStore, services: PluginServices) {
    self.store = store
    self.services = services
  }

  /// The hub's identity of a student: the account where there is one.
  func identity(of person: Person) async throws -> Identity {
    guard
      let account = try await services.accounts.find(.profile(.studentNumber, person.number))
    else {
      return Identity(
        guest: LabChat.guestPrefix + person.number, name: person.name, avatar: person.avatar ?? "")
    }
    guard account.isActive else { throw PluginError.forbidden("not allowed") }
    return account.identity
  }

  /// Students who are present may come in. Those without an account come only over `/chart`, which
  /// knows them by their check-in.
  func authorize(_ who: Identity) async throws {
    if who.isGuest {
      guard let number = LabChat.number(ofGuest: who.id), connections.contains(number) else {
        throw TopicRefusal.unauthorized
      }
      return
    }
    guard let number = who.profiles[.studentNumber],
      try await store.find(number)?.isPresent == true
    else { throw TopicRefusal.denied }
  }

  /// Removes a person whose stay is over: the chat is for people who are present.
  func stayEnded(_ person: Person) async {
    let chart = connections[person.number]
    var members = Set(chart.map { [$0.member] } ?? [])
    do {
      let account = try await services.accounts.find(.profile(.studentNumber, person.number))
      if let account { members.insert(account.identity.id) }
    } catch {
      services.log.warning(
        "a person who checked out may still be in the chat", ["reason": "\(error)"])
    }
    for member in members { await services.hub.remove(member, from: LabChat.topic) }
    await chart?.connection.close(code: ChartDialect.ended, reason: "checked_out")
  }

  private static func number(ofGuest id: String) -> String? {
    Topic(id).rest(after: "g:" + guestPrefix)
  }

  func find(member id: String) -> ChatPerson? { roster.withLock { $0[id] } }

  /// Sends the new presence map to all members.
  func membershipChanged(_ change: MembershipChange) async {
    switch change.kind {
    case .joined:
      // Read again: the picture may have changed since the last time.
      roster.withLock { $0[change.who.id] = nil }
      _ = await person(ofMember: change.who.id)
    case .left: roster.withLock { $0[change.who.id] = nil }
    }
    await publish(Event("presence", await map()))
  }

  /// The members by number, in the documented form.
  func map() async -> JSONObject {
    var map = JSONObject()
    for member in await services.hub.members(of: LabChat.topic) {
      guard let person = await person(ofMember: member.id) else { continue }
      map[person.number] = person.entry
    }
    return map
  }

  private func person(ofMember id: String) async -> ChatPerson? {
    if let known = find(member: id) { return known }
    do {
      guard let number = try await number(ofMember: id), let person = try await store.find(number)
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
    if let number = LabChat.number(ofGuest: id) { return number }
    guard let account = Int64(id.dropFirst()) else { return nil }
    return try await services.accounts.account(account)?.profiles[.studentNumber]
  }

  /// Drops the cached person, whose picture is then read again.
  func forget(_ number: String) {
    roster.withLock { roster in roster = roster.filter { $0.value.number != number } }
  }

  /// Sends a message to all members, or to one student, who misses it while absent.
  func send(_ message: ChatMessage, author: String) async throws {
    guard let to = message.to else {
      return await publish(Event("checkin.msg", ["message": message.json], author: author))
    }
    guard let receiver = try await store.find(to) else { return }
    let event = Event("checkin.private", ["message": message.json], author: author)
    let user = try await identity(of: receiver).id
    await services.hub.send(event, to: user, in: LabChat.topic)
  }

  private func publish(_ event: Event) async {
    do {
      try await services.hub.publish(event, to: LabChat.topic)
    } catch {
      services.log.warning("a chat message was not sent", ["reason": "\(error)"])
    }
  }
}
