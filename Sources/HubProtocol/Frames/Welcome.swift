package import Bytes
internal import JSON
package import PluginKit

// `welcome`: the answer to `hello`.
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
}

extension FrameDescription {
  static let welcome = FrameDescription(
    "welcome", by: .server, "The answer to hello.",
    [
      .re, .ts,
      .data([
        .init("proto", .constant(2)), .init("conn", .string), .init("session", .string),
        .init("resumed", .boolean),
        .init(
          "user",
          .object([.init("id", .string), .init("name", .string), .init("avatar", .string)])),
        .init("ping_ms", .integer), .init("timeout_ms", .integer),
        .init("reconnect_window_ms", .integer), .init("max_message", .integer),
        .init("node", .string),
      ]),
    ])
}
