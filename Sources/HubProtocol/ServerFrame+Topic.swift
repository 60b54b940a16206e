package import Bytes
internal import JSON
package import PluginKit

// Frames about a topic.
extension ServerFrame {
  /// One event, as everybody in the topic sees it. `data` is a JSON object, sent as it is.
  package static func event(
    topic: TopicName, offset: UInt64?, ts milliseconds: Int64, data: Span<UInt8>,
    into out: inout ByteBuffer
  ) {
    open("event", topic: topic, &out)
    if let offset {
      out.append(",\"offset\":" as StaticString)
      out.append(decimal: Int(clamping: offset))
    }
    ts(milliseconds, &out)
    out.append(",\"data\":" as StaticString)
    out.append(data)
    out.append(UInt8(ascii: "}"))
  }

  /// Several events that were gathered, oldest first.
  package static func events(
    topic: TopicName, _ publications: [Publication], into out: inout ByteBuffer
  ) {
    open("events", topic: topic, &out)
    out.append(",\"data\":{\"events\":" as StaticString)
    events(publications[...], &out)
    out.append("}}" as StaticString)
  }

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

  private static func events(_ events: ArraySlice<Publication>, _ out: inout ByteBuffer) {
    out.append(UInt8(ascii: "["))
    var isFirst = true
    for event in events {
      if !isFirst { out.append(UInt8(ascii: ",")) }
      isFirst = false
      out.append(event.json.span)
    }
    out.append(UInt8(ascii: "]"))
  }

  /// `reason` is there when the client did not ask for it, e.g. `removed`.
  package static func unsubscribed(
    re id: RequestID?, topic: TopicName, reason: String? = nil, into out: inout ByteBuffer
  ) {
    open("unsubscribed", re: id, topic: topic, &out)
    if let reason {
      out.append(",\"data\":{\"reason\":" as StaticString)
      out.append(json: reason)
      out.append(UInt8(ascii: "}"))
    }
    out.append(UInt8(ascii: "}"))
  }

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
