package import Bytes
internal import JSON
internal import PluginKit

// `ping` and `pong`, in both directions.
extension ServerFrame {
  package static func ping(ts milliseconds: Int64, into out: inout ByteBuffer) {
    open("ping", &out)
    ts(milliseconds, &out)
    out.append(UInt8(ascii: "}"))
  }

  /// Answers a ping; `t` is the `ts` that it carried.
  package static func pong(re id: RequestID? = nil, t: RequestID?, into out: inout ByteBuffer) {
    open("pong", re: id, &out)
    out.append(",\"data\":{" as StaticString)
    if let t {
      out.append("\"t\":" as StaticString)
      out.append(t.json)
    }
    out.append("}}" as StaticString)
  }
}

extension ClientCommand {
  /// Reads the `data` of a `pong`: the `ts` of the ping that it answers.
  static func pong(reading bytes: Span<UInt8>) throws(BadRequest) -> Int64? {
    var t: Int64?
    var fields = try FieldReader(bytes, limits: Frame.limits)
    while try fields.next() {
      if try fields.isAt("t", 0) { t = try fields.integer("t") } else { try fields.skip() }
    }
    return t
  }
}

extension FrameDescription {
  static let clientPing = FrameDescription(
    "ping", by: .client, "A sign of life.",
    [.id, .init("ts", .oneOf([.string, .number]), optional: true)], answer: "pong")
  static let clientPong = FrameDescription(
    "pong", by: .client, "Answers a ping of the server.",
    [.id, .data([.init("t", .integer, optional: true, "The ts of the ping.")], optional: true)])
  static let serverPing = FrameDescription(
    "ping", by: .server, "Asks a silent client for a sign of life.", [.ts])
  static let serverPong = FrameDescription(
    "pong", by: .server, "Answers a ping of the client.",
    [
      .re,
      .data([.init("t", .oneOf([.string, .number]), optional: true, "The ts of the ping.")]),
    ])
}
