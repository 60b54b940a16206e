package import Bytes
internal import JSON
internal import PluginKit

// `unsubscribed`.
extension ServerFrame {
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
}

extension FrameDescription {
  static let unsubscribe = FrameDescription(
    "unsubscribe", by: .client, "Leaves a topic.", [.id, .topic], answer: "unsubscribed")
  static let unsubscribed = FrameDescription(
    "unsubscribed", by: .server, "The client is not in the topic any more.",
    [
      .re, .topic,
      .data([.init("reason", .string)], optional: true),
    ])
}
