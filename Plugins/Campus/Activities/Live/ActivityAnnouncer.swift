internal import JSON
internal import PluginKit

/// Tells the topics what was stored about activities, enrolments and clock-ins.
final class ActivityAnnouncer: Sendable {
  private let hub: any Hub
  private let followers: ActivityFollowers
  private let log: Log

  init(_ services: PluginServices, _ followers: ActivityFollowers) {
    hub = services.hub
    log = services.log
    self.followers = followers
  }

  /// Tells the activity how full it is, and the user what has become of the enrolment.
  func changed(_ change: EnrollmentStore.Change, isEnrolled: Bool) async {
    await enrollmentChanged(change.activity)
    await enrolled(change.enrollment, isEnrolled: isEnrolled)
  }

  private func enrollmentChanged(_ activity: Activity) async {
    let event = Event(
      "enrollment.changed",
      [
        "activity": .int(activity.id), "enrollment_count": .int(activity.enrollments),
        "participants_total_limit": JSONValue(activity.limit),
      ])
    await hub.announce(event, to: [ActivityTopics.activity(activity.id)])
  }

  /// For the user's own pages, on whatever device the change was made.
  private func enrolled(_ enrollment: Enrollment, isEnrolled: Bool) async {
    let event = Event(
      isEnrolled ? "enrollment.created" : "enrollment.deleted",
      ["id": .int(enrollment.id), "activity": .int(enrollment.activity)])
    await hub.announce(event, to: [ActivityTopics.user(enrollment.user)])
  }

  /// All subscribers get the same object, so it does not say who is enrolled.
  func updated(_ activity: Activity) async {
    var object = activity.json(isEnrolled: false).object ?? [:]
    object["my_enrollment_count"] = nil
    await hub.announce(
      Event("activity.updated", object), to: [ActivityTopics.activity(activity.id)])
  }

  func recorded(_ record: ClockinStore.Recorded) async {
    guard !record.isConfirmed else { return await confirmed(record) }
    let event = Event(
      "clockin.recorded",
      [
        "clockin": .int(record.clockin), "activity": .int(record.activity),
        "label": .string(record.label), "user": .int(record.user),
        "fullname": .string(record.fullName), "created": .string(record.created.text),
        "total": .int(record.total),
      ])
    await tell(event, of: record.user, on: record.clockin, at: record.activity)
  }

  private func confirmed(_ record: ClockinStore.Recorded) async {
    let event = Event(
      "clockin.confirmed",
      [
        "clockin": .int(record.clockin), "activity": .int(record.activity),
        "label": .string(record.label), "user": .int(record.user),
        "fullname": .string(record.fullName),
      ])
    await tell(event, of: record.user, on: record.clockin, at: record.activity)
  }

  func removed(_ record: ClockinStore.Removed) async {
    let event = Event(
      "clockin.removed",
      [
        "clockin": .int(record.clockin), "activity": .int(record.activity),
        "label": .string(record.label), "user": .int(record.user),
        "fullname": .string(record.fullName), "total": .int(record.total),
      ])
    await tell(event, of: record.user, on: record.clockin, at: record.activity)
  }

  /// Only the staff of an activity sees who clocks in: its topic is open to everybody.
  private func tell(
    _ event: Event, of user: Int64, on clockin: Int64, at activity: Int64
  ) async {
    await hub.announce(event, to: [ActivityTopics.qr(clockin), ActivityTopics.user(user)])
    do {
      let topic = ActivityTopics.activity(activity)
      for staff in try await followers.hubUsers(of: activity) {
        await hub.send(event, to: staff, in: topic)
      }
    } catch {
      log.warning("the staff was not told of a clock-in", ["reason": "\(error)"])
    }
  }
}
