internal import JSON
internal import PluginKit

/// Writes shapes as JSON Schema (2020-12), and keeps those that have a name for the components.
struct SchemaWriter {
  private(set) var named: JSONObject = [:]

  mutating func json(_ schema: Schema) -> JSONValue {
    switch schema {
    case .string: ["type": "string"]
    case .integer: ["type": "integer"]
    case .number: ["type": "number"]
    case .boolean: ["type": "boolean"]
    case .null: ["type": "null"]
    case .anything: [:]
    case .constant(let value): ["const": value]
    case .choice(let values): ["enum": .array(values)]
    case .array(let element): ["type": "array", "items": json(element)]
    case .map(let element): ["type": "object", "additionalProperties": json(element)]
    case .nullable(let inner): ["anyOf": [json(inner), ["type": "null"]]]
    case .oneOf(let choices): ["anyOf": .array(list(choices))]
    case .object(let properties): object(properties)
    case .named(let name, let inner): reference(name, inner)
    }
  }

  private mutating func list(_ schemas: [Schema]) -> [JSONValue] {
    var written: [JSONValue] = []
    for schema in schemas { written.append(json(schema)) }
    return written
  }

  mutating func object(_ properties: [Schema.Property]) -> JSONValue {
    var members: JSONObject = [:]
    for property in properties {
      var member = json(property.schema)
      if let note = property.note { member = described(member, note) }
      members[property.name] = member
    }
    var object: JSONObject = ["type": "object", "properties": .object(members)]
    let needed = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !needed.isEmpty { object["required"] = .array(needed) }
    return .object(object)
  }

  private func described(_ value: JSONValue, _ note: String) -> JSONValue {
    guard var object = value.object else { return value }
    object["description"] = .string(note)
    return .object(object)
  }

  private mutating func reference(_ name: String, _ schema: Schema) -> JSONValue {
    if named[name] == nil {
      // Taken before it is written, so that a shape may contain itself.
      named[name] = [:]
      named[name] = json(schema)
    }
    return ["$ref": .string("#/components/schemas/\(name)")]
  }
}
