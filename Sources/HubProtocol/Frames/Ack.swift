package import Bytes
package import PluginKit

// `ack`.
extension ServerFrame {
  /// Says that a request was done. `data` is encoded JSON.
  package static func ack(
    re id: RequestID, topic: TopicName? = nil, _ position: Position? = nil, ts milliseconds: Int64,
    data: [UInt8]? = nil, into out: inout ByteBuffer
  ) {
    open("ack", re: id, topic: topic, &out)
    if let position { self.position(position, &out) }
    ts(milliseconds, &out)
    if let data {
      out.append(",\"data\":" as StaticString)
      out.append(data)
    }
    out.append(UInt8(ascii: "}"))
  }
}

extension FrameDescription {
  static let ack = FrameDescription(
    "ack", by: .server, "A frame was done.",
    [
      .init("re", .oneOf([.string, .number])), .init("topic", .string, optional: true),
      .init("offset", .integer, optional: true), .init("epoch", .string, optional: true), .ts,
      .init("data", .anything, optional: true),
    ])
  static let status = FrameDescription(
    "status", by: .client, "Asks for what the server knows of the connection.", [.id],
    answer: "ack")
  static let refresh = FrameDescription(
    "refresh", by: .client, "Swaps the token of the connection.",
    [.id, .data([.init("token", .string)])], answer: "ack")
}
