internal import PluginKit

/// The names of the topics of activities and clock-ins.
enum ActivityTopics {
  private static let qrPrefix = "campus.qr."
  private static let activityPrefix = "campus.activity."

  static func qr(_ item: Int64) -> Topic { Topic("\(qrPrefix)\(item)") }
  static func activity(_ id: Int64) -> Topic { Topic("\(activityPrefix)\(id)") }
  static func user(_ id: Int64) -> Topic { Topic("campus.user.\(id)") }

  static func item(of topic: Topic) -> Int64? { number(topic, qrPrefix) }
  static func activity(of topic: Topic) -> Int64? { number(topic, activityPrefix) }

  /// Only the one spelling that events are published under.
  private static func number(_ topic: Topic, _ prefix: String) -> Int64? {
    guard let text = topic.rest(after: prefix), let number = Int64(text), "\(number)" == text
    else { return nil }
    return number
  }
}
