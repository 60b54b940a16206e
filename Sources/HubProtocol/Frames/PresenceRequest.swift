internal import JSON
internal import PluginKit

// `presence`: a question for the members of a topic.
extension ClientCommand {
  package struct PresenceRequest: Sendable, Equatable {
    /// The revision that the client has; it needs nothing if that is the newest.
    package var rev: UInt64?
    /// Where the page before this one ended.
    package var after: UInt64?
    package var limit: Int?

    package init(rev: UInt64? = nil, after: UInt64? = nil, limit: Int? = nil) {
      self.rev = rev
      self.after = after
      self.limit = limit
    }

    /// Reads the `data` of a frame.
    init(reading bytes: Span<UInt8>) throws(BadRequest) {
      var fields = try FieldReader(bytes, limits: Frame.limits)
      while try fields.next() {
        if try fields.isAt("rev", 0) {
          rev = try fields.count("rev")
        } else if try fields.isAt("after", 1) {
          after = try fields.count("after")
        } else if try fields.isAt("limit", 2) {
          limit = try fields.limit()
        } else {
          try fields.skip()
        }
      }
    }
  }
}

extension FrameDescription {
  static let presenceRequest = FrameDescription(
    "presence", by: .client, "Asks for the members of a topic.",
    [
      .id, .topic,
      .data(
        [
          .init("rev", .integer, optional: true), .init("after", .integer, optional: true),
          .init("limit", .integer, optional: true),
        ], optional: true),
    ], answer: "presence")
}
