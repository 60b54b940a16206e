package import Bytes
internal import PluginKit
package import WebSocket

// `goodbye`.
extension ServerFrame {
  /// The last frame of a connection that the server ends; the close frame follows it.
  package static func goodbye(
    _ code: CloseCode, reconnect: Bool, windowMilliseconds: Int?, into out: inout ByteBuffer
  ) {
    open("goodbye", &out)
    out.append(",\"data\":{\"code\":" as StaticString)
    out.append(decimal: Int(code.rawValue))
    out.append(",\"reason\":\"" as StaticString)
    out.append(code.name ?? "unknown")
    out.append(reconnect ? "\",\"reconnect\":true" : "\",\"reconnect\":false" as StaticString)
    if let windowMilliseconds {
      out.append(",\"window_ms\":" as StaticString)
      out.append(decimal: windowMilliseconds)
    }
    out.append("}}" as StaticString)
  }
}

extension FrameDescription {
  static let bye = FrameDescription(
    "bye", by: .client, "Ends the connection and its session.", [.id], answer: "ack")
  static let goodbye = FrameDescription(
    "goodbye", by: .server, "The server ends the connection.",
    [
      .data([
        .init("code", .integer), .init("reason", .string), .init("reconnect", .boolean),
        .init("window_ms", .integer, optional: true, "Over which clients spread their return."),
      ])
    ])
}
