internal import JSON

/// The frames that the server sends on `/chart`.
enum ChartFrame {
  static func system(_ message: JSONValue) -> [UInt8] { wrapped(true, message) }
  static func user(_ message: JSONValue) -> [UInt8] { wrapped(false, message) }

  /// Tells a client that its student is connected already.
  static func duplicate(_ number: String) -> [UInt8] {
    var message = ChatMessage()
    message.type = ChatMessage.Kind.duplicate
    message.message = "\(number)已进入聊天室"
    return system(message.json)
  }

  private static func wrapped(_ isSystem: Bool, _ message: JSONValue) -> [UInt8] {
    JSONWriter.bytes { writer in
      writer.object { writer in
        writer.member("systemMsgFlag", isSystem)
        writer.member("message", message)
      }
    }
  }
}
