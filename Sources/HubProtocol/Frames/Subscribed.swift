package import Bytes
internal import JSON
package import PluginKit

// `subscribed`: the answer to `subscribe`.
extension ServerFrame {
  /// The answer to a newcomer.
  package struct Subscribed {
    /// Only for a client that asked to recover.
    package var recovery: Recovery?
    /// Encoded JSON of the topic's owner.
    package var snapshot: [UInt8]?
    /// Whole event frames, oldest first.
    package var events: [Publication]
    package var presence: PresencePage?

    package init(
      recovery: Recovery? = nil, snapshot: [UInt8]? = nil, events: [Publication],
      presence: PresencePage? = nil
    ) {
      self.recovery = recovery
      self.snapshot = snapshot
      self.events = events
      self.presence = presence
    }

    package enum Recovery: Equatable {
      case complete
      case failed(RecoveryGap)
    }
  }

  package static func subscribed(
    re id: RequestID?, topic: TopicName, _ position: Position, _ subscribed: Subscribed,
    into out: inout ByteBuffer
  ) {
    open("subscribed", re: id, topic: topic, &out)
    self.position(position, &out)
    out.append(",\"data\":{" as StaticString)
    recovery(subscribed.recovery, &out)
    out.append("\"snapshot\":" as StaticString)
    out.append(subscribed.snapshot ?? Array("null".utf8))
    out.append(",\"events\":" as StaticString)
    events(subscribed.events[...], &out)
    if let page = subscribed.presence {
      out.append(",\"presence\":{\"rev\":" as StaticString)
      out.append(decimal: Int(clamping: page.rev))
      out.append(UInt8(ascii: ","))
      content(of: page, &out)
      out.append(UInt8(ascii: "}"))
    }
    out.append("}}" as StaticString)
  }

  private static func recovery(_ recovery: Subscribed.Recovery?, _ out: inout ByteBuffer) {
    switch recovery {
    case nil: break
    case .complete: out.append("\"recovered\":true," as StaticString)
    case .failed(let gap):
      out.append("\"recovered\":false,\"reason\":\"" as StaticString)
      out.append(gap.rawValue)
      out.append("\"," as StaticString)
    }
  }
}

extension FrameDescription {
  static let subscribed = FrameDescription(
    "subscribed", by: .server, "The answer to subscribe.",
    [
      .re, .topic, .offset, .epoch,
      .data([
        .init("recovered", .boolean, optional: true, "Only if recover was asked for."),
        .init("reason", .string, optional: true, "Why events are missing."),
        .init("snapshot", .anything),
        .init("events", .array(of: .map(of: .anything)), "Event frames, oldest first."),
        .init("presence", .map(of: .anything), optional: true),
      ]),
    ])
}
