internal import JSON
internal import PluginKit

/// The body of a call: a JSON object, a form, or nothing, which counts as an empty object.
struct CallInput: Sendable {
  let members: JSONObject

  /// Throws the documented 415 for another media type, and a 400 for a body that cannot be read.
  init(_ request: Request) throws {
    switch request.body {
    case .form(let fields, _):
      members = JSONObject(fields.all.map { ($0.name, .string($0.value)) })
    case .bytes(let bytes) where bytes.isEmpty: members = [:]
    case .bytes(let bytes):
      try CallInput.requireJSON(request.headers["content-type"])
      members = try CallInput.object(bytes)
    }
  }

  private init(members: JSONObject) { self.members = members }

  /// The same input with another value of one member.
  func replacing(_ name: String, _ value: JSONValue) -> CallInput {
    var members = members
    members[name] = value
    return CallInput(members: members)
  }

  /// A body without a type is read as JSON, too.
  private static func requireJSON(_ type: String?) throws {
    guard let type else { return }
    let essence = type.prefix { $0 != ";" && $0 != " " }.lowercased()
    guard essence == "application/json" else { throw Refusal.unsupportedMediaType(type) }
  }

  private static func object(_ bytes: [UInt8]) throws -> JSONObject {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw PluginError(.unreadableBody, "the body is not JSON: \(error)")
    }
    guard let object = value.object else {
      throw Refusal.nonField(FieldMessage.notObject(value.frameworkType))
    }
    return object
  }
}

extension JSONValue {
  /// The name that refusals call the type of a value by.
  var frameworkType: String {
    switch self {
    case .null: "NoneType"
    case .bool: "bool"
    case .int: "int"
    case .double: "float"
    case .string: "str"
    case .array: "list"
    case .object, .raw: "dict"
    }
  }
}
