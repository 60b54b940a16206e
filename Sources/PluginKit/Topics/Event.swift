public import JSON

/// Something that happened, as all subscribers of a topic will see it.
public struct Event: Sendable {
  /// Becomes `data.event`, e.g. `checkin.in`.
  public let name: String
  /// The other members of `data`, in order.
  public let fields: JSONObject
  /// The user who caused it; a dialect may leave that user out.
  public var author: String?
  /// The same id from the same author within five minutes is delivered once.
  public var id: String?
  /// Carries a token or a code: goes out uncompressed and stays out of logs.
  public var isSecret = false

  public init(_ name: String, _ fields: JSONObject = [:], author: String? = nil) {
    self.name = name
    self.fields = fields
    self.author = author
  }

  /// `data` of the event frame.
  public var data: JSONValue {
    var object: JSONObject = ["event": .string(name)]
    for (key, value) in fields { object[key] = value }
    return .object(object)
  }
}
