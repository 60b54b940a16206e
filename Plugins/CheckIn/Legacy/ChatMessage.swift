internal import JSON

/// The one object of the chat: a message, a heartbeat, or an entry of the presence map.
struct ChatMessage: Sendable, Equatable {
  /// The types that travel; 0 and 2 stay inside of the clients.
  enum Kind {
    static let group = 1
    static let direct = 3
    static let duplicate = 5
    static let heartbeat = 6
  }

  static let ping = "0x9"
  static let pong = "0xA"

  var avatar: String?
  var type: Int?
  var name: String?
  var id: String?
  var number: String?
  var from: String?
  var to: String?
  var message: String?
  var time: String?

  init() {}

  /// Bytes of a message's text at most.
  static let longestText = 4000
  /// Bytes of any other member that a client sends.
  private static let longestMember = 64

  /// Whether the members that a client sent are within their bounds.
  var isShort: Bool {
    (message?.utf8.count ?? 0) <= ChatMessage.longestText
      && (to?.utf8.count ?? 0) <= ChatMessage.longestMember
      && (time?.utf8.count ?? 0) <= ChatMessage.longestMember
  }

  /// Reads the frame of a client. A member that is missing or of another type counts as null.
  init(_ value: JSONValue) {
    type = value["type"]?.int
    to = value["to"]?.string
    message = value["message"]?.string
    time = value["time"]?.string
  }

  /// Overwrites the sender in the frame with the one the server knows.
  mutating func sign(as person: ChatPerson) {
    avatar = person.avatar
    name = person.name
    id = String(person.userID)
    number = person.number
    from = person.number
  }

  /// All nine members, in the order of the original's objects.
  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("avatar", JSONValue(avatar))
      writer.member("type", JSONValue(type))
      writer.member("name", JSONValue(name))
      writer.member("id", JSONValue(id))
      writer.member("studentid", JSONValue(number))
      writer.member("from", JSONValue(from))
      writer.member("to", JSONValue(to))
      writer.member("message", JSONValue(message))
      writer.member("time", JSONValue(time))
    }
  }

  var json: JSONValue { .raw(JSONWriter.bytes { write(to: &$0) }) }
}

/// A person in the chat.
struct ChatPerson: Sendable, Equatable {
  let number: String
  /// `User.id`.
  let userID: Int
  let name: String
  let avatar: String?

  init(_ person: Person) {
    number = person.number
    userID = person.id
    name = person.name
    avatar = person.avatar
  }

  /// How the presence map shows it.
  var entry: JSONValue {
    var message = ChatMessage()
    message.sign(as: self)
    message.from = nil
    return message.json
  }
}
