internal import JSON
internal import PluginKit
internal import Primitives

/// Tells the topics what happened in the lab.
///
/// What is announced is stored already, so nothing here may make a call fail, or wait: the client
/// would believe that it was not checked in.
struct Announcer: Sendable {
  static let presence: Topic = "checkin.presence"

  let hub: any Hub
  let followed: Followed
  let services: PluginServices
  /// Accounts that were staff when they subscribed to the presence. Staff alone learns of new
  /// people; whether an account still is staff is asked when there is something to tell.
  let staff = Locked<Set<Int64>>([])

  static func personal(_ number: String) -> Topic { Topic("checkin.user.\(number)") }

  func cameIn(_ person: Person) async {
    await tell("checkin.in", ["user": .raw(person.live)], of: person)
  }

  func wentOut(_ person: Person, _ stay: Stay) async {
    let user = JSONValue.raw(person.live)
    let hours = JSONValue.string(stay.duration.text)
    await tell(
      "checkin.out", ["user": user, "recordtime": hours], of: person,
      privately: ["user": user, "recordtime": hours, "record": stay.json])
  }

  func wasClosed(_ person: Person, _ stay: Stay) async {
    await tell("checkin.auto_out", ["user": .raw(person.live), "record": stay.json], of: person)
  }

  /// Who reported is for the person and the staff, who alone may follow the personal topic.
  func wasReported(_ person: Person, _ stay: Stay) async {
    let user = JSONValue.raw(person.live)
    await tell(
      "checkin.reported", ["user": user], of: person,
      privately: ["user": user, "reporterid": .string(stay.reporter), "record": stay.json])
  }

  func wasAdded(_ person: Person) async {
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
        "a member of the staff was not told of a new person", ["reason": "\(error)"])
    }
    return nil
  }

  func ranks(_ grade: Grade, _ top: [Person]) async {
    let event = Event("checkin.rank", ["grade": .string(grade.prefix), "top": top.json])
    await hub.announce(event, to: [grade.topic])
  }

  func weekBegan(at moment: String) async {
    let event = Event("checkin.week_reset", ["at": .string(moment)])
    await hub.announce(event, to: [Announcer.presence])
  }

  private func tell(
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
