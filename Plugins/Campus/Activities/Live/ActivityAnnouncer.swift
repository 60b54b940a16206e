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

  func enrollmentChanged(_ activity: Activity) async {
    let event = Event(
      "enrollment.changed",
      [
        "activity": .int(activity.id), "enrollment_count": .int(activity.enrollments),
        "participants_total_limit": JSONValue(activity.limit),
      ])
    await hub.announce(event, to: [ActivityTopics.activity(activity.id)])
  }

  /// All subscribers get the same object, so it does not say who is enrolled.
  func updated(_ activity: Activity) async {
    var object = activity.json(isEnrolled: false).object ?? [:]
    object["my_enrollment_count"] = nil
    await hub.announce(
      Event("activity.updated", object), to: [ActivityTopics.activity(activity.id)])
  }

  /// Only the staff of an activity sees who clocks in: its topic is open to everybody.
  func recorded(_ record: ClockinStore.Recorded) async {
    let event = Event(
      "clockin.recorded",
      [
        "clockin": .int(record.clockin), "activity": .int(record.activity),
        "label": .string(record.label), "user": .int(record.user),
        "fullname": .string(record.fullName), "created": .string(record.created.text),
        "total": .int(record.total),
      ])
    await hub.announce(
      event, to: [ActivityTopics.qr(record.clockin), ActivityTopics.user(record.user)])
    do {
      let topic = ActivityTopics.activity(record.activity)
      for user in try await followers.hubUsers(of: record.activity) {
        await hub.send(event, to: user, in: topic)
      }
    } catch {
      log.warning("the staff was not told of a clock-in", ["reason": "\(error)"])
    }
  }
}
