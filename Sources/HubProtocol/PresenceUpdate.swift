internal import Bytes
internal import WebSocket

/// A presence diff on its way to subscribers, encoded once for nearly all of them.
package final class PresenceUpdate: Sendable {
  package let topic: TopicName
  package let rev: UInt64
  private let frame: [UInt8]
  private let diff: PresenceDiff
  private let firstChange: UInt64

  package init(_ topic: TopicName, _ diff: PresenceDiff) {
    self.topic = topic
    self.diff = diff
    rev = diff.rev
    firstChange = diff.firstChange
    frame = PresenceUpdate.frame(topic, diff)
  }

  private static func frame(_ topic: TopicName, _ diff: PresenceDiff) -> [UInt8] {
    var json = ByteBuffer(capacity: 256)
    ServerFrame.presence(topic: topic, diff, into: &json)
    return FrameEncoder.frame(.text, json.bytes)
  }

  /// The diff as each of its readers needs it. Those who came in its window have been shown some
  /// of the changes, their own coming among them, and are told only of the others.
  package struct Portions {
    package let update: PresenceUpdate
    private var made: [UInt64: [UInt8]] = [:]

    /// In a rush the rest gets the whole diff, which repeats itself but says nothing wrong: a
    /// frame of its own for each newcomer would cost memory by the square of their number.
    private static let most = 64

    package init(_ update: PresenceUpdate) { self.update = update }

    package mutating func frame(since change: UInt64) -> [UInt8] {
      if change < update.firstChange { return update.frame }
      if let frame = made[change] { return frame }
      guard made.count < Self.most else { return update.frame }
      let frame = PresenceUpdate.frame(update.topic, update.diff.news(since: change))
      made[change] = frame
      return frame
    }
  }
}
