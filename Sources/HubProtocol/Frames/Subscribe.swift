internal import JSON
internal import PluginKit

// `subscribe`, with the point from which events are to be recovered.
extension ClientCommand {
  package struct SubscribeOptions: Sendable, Equatable {
    package var recover: RecoveryPoint?
    package var wantsPresence = false
    /// Several events may come in one frame.
    package var takesBatches = false

    package init(
      recover: RecoveryPoint? = nil, wantsPresence: Bool = false, takesBatches: Bool = false
    ) {
      self.recover = recover
      self.wantsPresence = wantsPresence
      self.takesBatches = takesBatches
    }

    /// Reads the `data` of a frame.
    init(reading bytes: Span<UInt8>) throws(BadRequest) {
      var fields = try FieldReader(bytes, limits: Frame.limits)
      while try fields.next() {
        if try fields.isAt("recover", 0) {
          guard try !fields.takesNull() else { continue }
          let place = try fields.skip()
          recover = try RecoveryPoint(reading: bytes.extracting(place))
        } else if try fields.isAt("presence", 1) {
          wantsPresence = try fields.bool("presence") ?? false
        } else if try fields.isAt("batch", 2) {
          takesBatches = try fields.bool("batch") ?? false
        } else {
          try fields.skip()
        }
      }
    }
  }

  /// The last position in a topic that the client has seen.
  package struct RecoveryPoint: Sendable, Equatable {
    package var offset: UInt64
    package var epoch: String

    package init(offset: UInt64, epoch: String) {
      self.offset = offset
      self.epoch = epoch
    }

    /// Reads the `data` of a frame.
    init(reading bytes: Span<UInt8>) throws(BadRequest) {
      var offset: UInt64?
      var epoch: String?
      var fields = try FieldReader(bytes, limits: Frame.limits)
      while try fields.next() {
        if try fields.isAt("offset", 0) {
          offset = try fields.count("offset")
        } else if try fields.isAt("epoch", 1) {
          epoch = try fields.string("epoch", upTo: 64)
        } else {
          try fields.skip()
        }
      }
      guard let offset, let epoch else { throw BadRequest("recover needs offset and epoch") }
      self.offset = offset
      self.epoch = epoch
    }
  }
}

extension FrameDescription {
  static let subscribe = FrameDescription(
    "subscribe", by: .client, "Comes into a topic.",
    [
      .id, .topic,
      .data(
        [
          .init("recover", .nullable(.object([.offset, .epoch])), optional: true),
          .init("presence", .boolean, optional: true),
          .init("batch", .boolean, optional: true, "Several events may come in one frame."),
        ], optional: true),
    ], answer: "subscribed")
}
