internal import JSON
internal import PluginKit

/// Descriptions of the calls and events, for the generated documents.
enum Documents {
  static let refusal = Schema.named(
    "CampusRefusal",
    .oneOf([.object([.init("detail", .string)]), .map(of: .array(of: .string))]))

  static let time = "ISO 8601 in Asia/Shanghai, such as `2020-02-22T17:02:00+08:00`."

  /// Calls of one client in a minute.
  static let changes = CallLimit.perMinute(120, by: .account)

  /// A body as JSON, as a form or as a form in parts.
  static func body(
    _ properties: [Schema.Property], maxBytes: Int = 16_384, optional: Bool = false,
    example: JSONValue? = nil
  ) -> Operation.RequestBody {
    .init(
      .json(.object(properties)), .form(properties), .upload(properties), maxBytes: maxBytes,
      optional: optional, example: example)
  }

  /// The answer to a body of another type.
  static let otherType = Operation.Answer(415, "A body of another media type.", refusal)

  /// A page of a list.
  static func page(of schema: Schema, named name: String) -> Schema {
    .named(
      name,
      .object([
        .init("count", .integer, "Of the objects on all pages."),
        .init("next", .nullable(.string), "The URL of the next page."),
        .init("previous", .nullable(.string), "The URL of the page before."),
        .init("results", .array(of: schema)),
      ]))
  }

  static let pageQuery = Operation.Parameter.query(
    "page", .string, optional: true, "From 1, or `last`; twenty objects each.", example: "1")

  static let search = Operation.Parameter.query(
    "search", .string, optional: true, "Terms with commas or blanks between; each must occur.")
}
