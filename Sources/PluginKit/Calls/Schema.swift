public import JSON

/// The shape of a JSON value, for the generated documents.
public indirect enum Schema: Sendable {
  case string
  case integer
  case number
  case boolean
  case null
  case anything
  case constant(JSONValue)
  case choice([JSONValue])
  case array(of: Schema)
  case object([Property])
  /// An object whose keys are data.
  case map(of: Schema)
  case nullable(Schema)
  case oneOf([Schema])
  /// A shape that stands once in the document under this name.
  case named(String, Schema)

  public struct Property: Sendable {
    public let name: String
    public let schema: Schema
    public let isRequired: Bool
    public let note: String?

    public init(_ name: String, _ schema: Schema, optional: Bool = false, _ note: String? = nil) {
      self.name = name
      self.schema = schema
      isRequired = !optional
      self.note = note
    }
  }
}
