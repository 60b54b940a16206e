import JSON
import PluginKit
import Storage

/// One notice on the board.
struct Notice: Sendable {
  let id: Int
  /// Unix milliseconds.
  let at: Int64
  let author: String
  let text: String
}

extension Notice {
  init(_ row: Row) throws {
    id = try row.int("id")
    at = try row.int64("at")
    author = try row.text("author")
    text = try row.text("text")
  }

  var fields: JSONObject {
    ["id": .int(Int64(id)), "at": .int(at), "author": .string(author), "text": .string(text)]
  }

  var json: JSONValue { .object(fields) }

  /// The fields in the generated documents.
  static let properties: [Schema.Property] = [
    .init("id", .integer), .init("at", .integer, "Unix milliseconds."),
    .init("author", .string), .init("text", .string, "1 to 500 characters."),
  ]

  static let schema = Schema.named("Notice", .object(properties))
}
