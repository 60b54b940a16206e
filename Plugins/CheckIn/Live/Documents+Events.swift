internal import JSON
internal import PluginKit

// The events of the topics.
extension Documents {
  private static let one: Schema.Property = .init("user", liveUser)

  private static let moves: [EventDescription] = [
    EventDescription("checkin.in", "A person has checked in.", [one]),
    EventDescription(
      "checkin.out", "A person has checked out.",
      [one, .init("recordtime", .string, "Hours of the stay, two decimals.")]),
    EventDescription(
      "checkin.auto_out", "The nightly job has checked a person out; the stay does not count.",
      [one, .init("record", record)]),
    EventDescription(
      "checkin.reported", "A person was reported and so checked out; the stay does not count.",
      [one]),
  ]

  static let presenceEvents: [EventDescription] =
    moves + [
      EventDescription(
        "checkin.week_reset", "The hours of the week begin anew.", [.init("at", .string)]),
      EventDescription("checkin.user_added", "A person was added; sent to staff only.", [one]),
    ]

  static let gradeEvents: [EventDescription] =
    moves + [
      EventDescription(
        "checkin.rank", "The first three of the grade have changed.",
        [.init("grade", .string), .init("top", .array(of: user))])
    ]

  static let personalEvents: [EventDescription] = [
    moves[0],
    EventDescription(
      "checkin.out", "The student has checked out.",
      [one, .init("recordtime", .string), .init("record", record)]),
    moves[2],
    EventDescription(
      "checkin.reported", "The student was reported and so checked out.",
      [one, .init("reporterid", .string), .init("record", record)]),
  ]

  static let chatEvents: [EventDescription] = [
    EventDescription(
      "presence", "A member came or went: all members by student number."),
    EventDescription("checkin.msg", "A message to all.", [.init("message", message)]),
    EventDescription(
      "checkin.private", "A message to this student only.", [.init("message", message)]),
  ]

  static let privateMessage = Schema.object([
    .init("to", .string, "The student's number."),
    .init("message", .string, "At most 4000 bytes."),
  ])

  static let privateMessageAnswer = Schema.object([.init("to", .string)])
}
