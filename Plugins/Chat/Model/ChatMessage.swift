internal import JSON

/// The one shape of messages and moves in a room: user, room and text.
struct ChatMessage: Sendable, Hashable {
  static let longestText = 4096

  var user = ChatUser(name: "")
  var room = ""
  var text = ""

  /// The document's `data`.
  var data: JSONObject {
    [
      "user": ["user_name": .string(user.name), "user_avatar": .string(user.avatar)],
      "room_name": .string(room), "msg": .string(text),
    ]
  }

  /// The same with the members that only clients of version 2 get.
  func data(id: String, at: Int64, from sender: String) -> JSONObject {
    var data = data
    data.append("from", .string(sender))
    data.append("id", .string(id))
    data.append("at", .int(at))
    return data
  }

  /// A whole frame of the document.
  func frame(_ type: String) -> [UInt8] {
    JSONValue.object(["type": .string(type), "data": .object(data)]).encoded()
  }

  static func error(_ error: FrameError) -> [UInt8] {
    ChatMessage(text: error.rawValue).frame("error")
  }
}
