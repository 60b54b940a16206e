package import Bytes
internal import JSON
internal import PluginKit

// `error`.
extension ServerFrame {
  /// `message` says more than the error's own sentence; it must hold nothing of other people's.
  package static func error(
    _ error: ClientError, re id: RequestID?, topic: TopicName? = nil, message: String? = nil,
    retryAfterMilliseconds: Int? = nil, into out: inout ByteBuffer
  ) {
    open("error", re: id, topic: topic, &out)
    out.append(",\"data\":{\"code\":" as StaticString)
    out.append(decimal: error.rawValue)
    out.append(",\"reason\":\"" as StaticString)
    out.append(error.reason)
    out.append("\",\"msg\":" as StaticString)
    out.append(json: message ?? error.message.description)
    out.append(
      error.isTemporary ? ",\"temporary\":true" : ",\"temporary\":false" as StaticString)
    if let retryAfterMilliseconds {
      out.append(",\"retry_after_ms\":" as StaticString)
      out.append(decimal: retryAfterMilliseconds)
    }
    out.append("}}" as StaticString)
  }

  package static func error(_ fault: CommandFault, into out: inout ByteBuffer) {
    error(fault.error, re: fault.id, topic: fault.topic, message: fault.message, into: &out)
  }
}

extension FrameDescription {
  static let error = FrameDescription(
    "error", by: .server, "A frame was refused.",
    [
      .re, .init("topic", .string, optional: true),
      .data([
        .init("code", .integer), .init("reason", .string), .init("msg", .string),
        .init("temporary", .boolean), .init("retry_after_ms", .integer, optional: true),
      ]),
    ])
}
