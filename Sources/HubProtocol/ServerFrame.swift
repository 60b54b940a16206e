package import Bytes
internal import JSON
package import PluginKit
internal import WebSocket

/// Writes the frames of protocol 2 that the server sends, each as one JSON object.
///
/// They are put together from pieces by hand: no tree, no copy, and the members in the order in
/// which `docs/protocol.md` shows them. Topic names need no escapes by their rules.
package enum ServerFrame {
  /// A whole text frame of what `write` puts into the buffer.
  package static func text(_ write: (inout ByteBuffer) -> Void) -> [UInt8] {
    var json = ByteBuffer(capacity: 256)
    write(&json)
    return FrameEncoder.frame(.text, json.bytes)
  }

  /// Opens a frame up to where `data`, if there is any, begins.
  package static func open(
    _ type: StaticString, re id: RequestID? = nil, topic: TopicName? = nil, _ out: inout ByteBuffer
  ) {
    out.append("{\"type\":\"" as StaticString)
    out.append(type)
    out.append(UInt8(ascii: "\""))
    if let id {
      out.append(",\"re\":" as StaticString)
      out.append(id.json)
    }
    if let topic {
      out.append(",\"topic\":\"" as StaticString)
      out.append(topic.description)
      out.append(UInt8(ascii: "\""))
    }
  }

  package static func position(_ position: Position, _ out: inout ByteBuffer) {
    out.append(",\"offset\":" as StaticString)
    out.append(decimal: Int(clamping: position.offset))
    out.append(",\"epoch\":" as StaticString)
    out.append(json: position.epoch)
  }

  package static func ts(_ milliseconds: Int64, _ out: inout ByteBuffer) {
    out.append(",\"ts\":" as StaticString)
    out.append(decimal: Int(milliseconds))
  }
}
