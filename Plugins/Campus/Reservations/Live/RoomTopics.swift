internal import PluginKit

/// The names of the topics of meeting rooms.
enum RoomTopics {
  static let all: Topic = "campus.rooms"
  private static let prefix = "campus.room."

  static func room(_ id: Int64) -> Topic { Topic("\(prefix)\(id)") }

  /// Only the one spelling that events are published under.
  static func room(of topic: Topic) -> Int64? {
    guard let text = topic.rest(after: prefix), let number = Int64(text), "\(number)" == text
    else { return nil }
    return number
  }
}
