package import Bytes
internal import JSON
internal import PluginKit

// `event` and `events`.
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

  static func events(_ events: ArraySlice<Publication>, _ out: inout ByteBuffer) {
    out.append(UInt8(ascii: "["))
    var isFirst = true
    for event in events {
      if !isFirst { out.append(UInt8(ascii: ",")) }
      isFirst = false
      out.append(event.json.span)
    }
    out.append(UInt8(ascii: "]"))
  }
}

extension FrameDescription {
  static let events = FrameDescription(
    "events", by: .server, "Several events of a topic, for clients that asked for batches.",
    [.topic, .data([.init("events", .array(of: .map(of: .anything)))])])
}
