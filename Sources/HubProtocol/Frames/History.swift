package import Bytes
internal import JSON
package import PluginKit

// `history`: a question for earlier events, and the answer.
extension ClientCommand {
  package struct HistoryRequest: Sendable, Equatable {
    /// Only events with a lower offset.
    package var before: UInt64?
    package var limit: Int?

    init(before: UInt64? = nil, limit: Int? = nil) {
      self.before = before
      self.limit = limit
    }

    /// Reads the `data` of a frame.
    init(reading bytes: Span<UInt8>) throws(BadRequest) {
      var fields = try FieldReader(bytes, limits: Frame.limits)
      while try fields.next() {
        if try fields.isAt("before", 0) {
          before = try fields.count("before")
        } else if try fields.isAt("limit", 1) {
          limit = try fields.limit()
        } else {
          try fields.skip()
        }
      }
    }
  }
}

extension ServerFrame {
  package static func history(
    re id: RequestID?, topic: TopicName, _ position: Position, _ page: HistoryPage,
    into out: inout ByteBuffer
  ) {
    open("history", re: id, topic: topic, &out)
    self.position(position, &out)
    out.append(",\"data\":{\"events\":" as StaticString)
    events(page.events, &out)
    out.append(page.hasMore ? ",\"more\":true}}" : ",\"more\":false}}" as StaticString)
  }
}

extension FrameDescription {
  static let historyRequest = FrameDescription(
    "history", by: .client, "Asks for earlier events.",
    [
      .id, .topic,
      .data(
        [
          .init("before", .integer, optional: true), .init("limit", .integer, optional: true),
        ], optional: true),
    ], answer: "history")
  static let history = FrameDescription(
    "history", by: .server, "Earlier events, oldest first.",
    [
      .re, .topic, .offset, .epoch,
      .data([.init("events", .array(of: .map(of: .anything))), .init("more", .boolean)]),
    ])
}
