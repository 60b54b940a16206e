internal import JSON
internal import PluginKit
internal import Primitives

/// Publishes the changes in the lab to the topics.
///
/// An announced change is stored already, so an announcement neither fails a call nor delays it:
/// the client would believe that it was not checked in.
struct Announcer: Sendable {
  static let presence: Topic = "checkin.presence"

  let hub: any Hub
  let followed: FollowedGrades
  let services: PluginServices
  /// Accounts that were staff when they subscribed to the presence. New people are announced to
  /// staff alone, and each account is checked again for that.
  let staff = Locked<Set<Int64>>([])

  static func personal(_ number: String) -> Topic { Topic("checkin.user.\(number)") }

  func checkedIn(_ person: Person) async {
    await announce("checkin.in", ["user": .raw(person.live)], of: person)
  }

  func checkedOut(_ person: Person, _ stay: Stay) async {
    let user = JSONValue.raw(person.live)
    let hours = JSONValue.string(stay.duration.text)
    await announce(
      "checkin.out", ["user": user, "recordtime": hours], of: person,
      privately: ["user": user, "recordtime": hours, "record": stay.json])
  }

  func closedAtNight(_ person: Person, _ stay: Stay) async {
    await announce(
      "checkin.auto_out", ["user": .raw(person.live), "record": stay.json], of: person)
  }

  /// The reporter is named in the personal topic only, which the person and the staff may follow.
  func reported(_ person: Person, _ stay: Stay) async {
    let user = JSONValue.raw(person.live)
    await announce(
      "checkin.reported", ["user": user], of: person,
      privately: ["user": user, "reporterid": .string(stay.reporter), "record": stay.json])
  }

  func added(_ person: Person) async {
    let event = Event("checkin.user_added", ["user": .raw(person.live)])
    for account in staff.withLock({ $0 }) {
      guard let member = await staffMember(account) else { continue }
      await hub.send(event, to: member.id, in: Announcer.presence)
    }
  }

  private func staffMember(_ account: Int64) async -> Identity? {
    do {
      let identity = try await services.accounts.account(account)?.identity
      if let identity, identity.isStaff { return identity }
      staff.withLock { _ = $0.remove(account) }
    } catch {
      services.log.warning(
        "a new person was not announced to a member of the staff", ["reason": "\(error)"])
    }
    return nil
  }

  func leadersChanged(_ grade: Grade, _ top: [Person]) async {
    let event = Event("checkin.rank", ["grade": .string(grade.prefix), "top": top.json])
    await hub.announce(event, to: [grade.topic])
  }

  func weekBegan(at moment: String) async {
    let event = Event("checkin.week_reset", ["at": .string(moment)])
    await hub.announce(event, to: [Announcer.presence])
  }

  private func announce(
    _ name: String, _ fields: JSONObject, of person: Person, privately more: JSONObject? = nil
  ) async {
    let event = Event(name, fields)
    let personal = Announcer.personal(person.number)
    let grades = followed.grades(of: person.number).map(\.topic)
    guard let more else {
      return await hub.announce(event, to: [Announcer.presence] + grades + [personal])
    }
    await hub.announce(event, to: [Announcer.presence] + grades)
    await hub.announce(Event(name, more), to: [personal])
  }
}
