internal import JSON
internal import PluginKit

// The events of the topics.
extension Documents {
  private static let created = EventDescription(
    "sign.created", "There is a new task.", [.init("sign", sign)])
  private static let counted = EventDescription(
    "sign.count", "How many have signed.", integers("signID", "count"))
  private static let expired = EventDescription(
    "sign.expired", "The task is over.", integers("signID", "taskID", "count"))
  private static let begun = EventDescription(
    "sign.begun", "A student begins to sign.",
    integers("signID", "signLogID", "studentID", "beginTime"))
  private static let finished = EventDescription(
    "sign.finished", "A student has finished.",
    integers("signID", "signLogID", "studentID", "logStatus", "endTime")
      + [.init("longitude", .number), .init("latitude", .number)])

  static let courseEvents = [
    created, counted, expired,
    EventDescription(
      "sign.appended", "A note was added.",
      [.init("signID", .integer), .init("append", note)]),
    EventDescription(
      "sign.detail", "The detail was set.",
      integers("signID", "taskID") + [.init("detail", .string)]),
  ]
  static let taskEvents = [begun, finished, counted, expired]
  static let userEvents = [
    created, begun, finished,
    EventDescription(
      "sign.selected", "A course was chosen; its topic is open now.", integers("courseTableID")),
  ]
}
