internal import JSON
internal import UnicodeText

/// The answers to a frame that is refused.
enum FrameError: String, Error {
  case invalidMessage = "invalid message"
  case invalidData = "invalid data"
  case illegalData = "illegal data"
  case illegalType = "illegal type"
  case nullMessage = "null message"
  case roomFull = "room full"
  case roomNotExist = "room not exist"
  case userNotExist = "user not exist"
  case tooManyRequests = "too many requests"
  /// A failure of the server, for which the documents have no text.
  case unavailable = "try again later"
}

/// A frame of an old client that has passed all checks of the frame itself.
struct ClientFrame: Sendable, Equatable {
  enum Kind: String, Sendable { case join, leave, msg }

  let kind: Kind
  let room: RoomName
  let user: ChatUser
  let text: String

  private static let longestName = 64
  private static let longestAvatar = 512

  /// Checks in the order of the documents and throws the first error.
  init(_ bytes: [UInt8]) throws(FrameError) {
    guard let value = try? JSONValue(parsing: bytes), let frame = value.object,
      let type = frame["type"], let data = frame["data"]
    else { throw .invalidMessage }
    guard let data = data.object, let user = data["user"]?.object, let room = data["room_name"],
      let text = data["msg"], let name = user["user_name"],
      let room = ClientFrame.text(room), let name = ClientFrame.text(name),
      let text = ClientFrame.text(text),
      let avatar = ClientFrame.text(user["user_avatar"] ?? .null),
      text.unicodeScalars.count <= ChatMessage.longestText,
      avatar.utf8.count <= ClientFrame.longestAvatar, !avatar.utf8.contains(0)
    else { throw .invalidData }
    guard !name.isEmpty, name.unicodeScalars.count <= ClientFrame.longestName,
      !name.utf8.contains(0),
      let room = RoomName(room)
    else { throw .illegalData }
    guard let kind = type.string.flatMap({ Kind(rawValue: $0) }) else { throw .illegalType }
    guard kind != .msg || !text.isEmpty else { throw .nullMessage }
    self.kind = kind
    self.room = room
    self.user = ChatUser(name: name.inNFC, avatar: avatar)
    self.text = text
  }

  /// Null counts as the empty text, anything else that is no text as none.
  private static func text(_ value: JSONValue) -> String? { value.isNull ? "" : value.string }
}
