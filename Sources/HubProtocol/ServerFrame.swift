package import Bytes
internal import JSON
package import PluginKit
package import WebSocket

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

// Frames about the connection.
extension ServerFrame {
  /// Facts about its connection that a client learns from `welcome`.
  package struct Welcome {
    package var connection: String
    package var session: String
    package var resumed: Bool
    package var user: Identity
    package var pingMilliseconds: Int
    package var timeoutMilliseconds: Int
    package var reconnectWindowMilliseconds: Int
    package var maxMessageBytes: Int
    package var node: String

    package init(
      connection: String, session: String, resumed: Bool, user: Identity, pingMilliseconds: Int,
      timeoutMilliseconds: Int, reconnectWindowMilliseconds: Int, maxMessageBytes: Int, node: String
    ) {
      self.connection = connection
      self.session = session
      self.resumed = resumed
      self.user = user
      self.pingMilliseconds = pingMilliseconds
      self.timeoutMilliseconds = timeoutMilliseconds
      self.reconnectWindowMilliseconds = reconnectWindowMilliseconds
      self.maxMessageBytes = maxMessageBytes
      self.node = node
    }
  }

  package static func welcome(
    re id: RequestID?, ts milliseconds: Int64, _ welcome: Welcome, into out: inout ByteBuffer
  ) {
    open("welcome", re: id, &out)
    ts(milliseconds, &out)
    out.append(",\"data\":" as StaticString)
    out.appendJSON {
      $0.object {
        $0.member("proto", 2)
        $0.member("conn", welcome.connection)
        $0.member("session", welcome.session)
        $0.member("resumed", welcome.resumed)
        $0.object("user") {
          $0.member("id", welcome.user.id)
          $0.member("name", welcome.user.name)
          $0.member("avatar", welcome.user.avatar)
        }
        $0.member("ping_ms", welcome.pingMilliseconds)
        $0.member("timeout_ms", welcome.timeoutMilliseconds)
        $0.member("reconnect_window_ms", welcome.reconnectWindowMilliseconds)
        $0.member("max_message", welcome.maxMessageBytes)
        $0.member("node", welcome.node)
      }
    }
    out.append(UInt8(ascii: "}"))
  }

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
