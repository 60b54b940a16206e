import JSON

/// Holds values against the shapes of a document: JSON Schema as far as it is written there.
struct Shape {
  let document: JSONValue

  /// Why a value is not of that shape; nil if it is.
  func fault(_ value: JSONValue, _ schema: JSONValue) -> String? {
    if let pointer = schema["$ref"]?.string {
      return document.at(pointer).map { fault(value, $0) } ?? "\(pointer) points nowhere"
    }
    if let choices = schema["anyOf"]?.array {
      let faults = choices.map { fault(value, $0) }
      if !faults.contains(nil) { return "none of: \(faults.compactMap(\.self))" }
    }
    if let wanted = schema["const"], wanted != value { return "\(value) is not \(wanted)" }
    if let choices = schema["enum"]?.array, !choices.contains(value) {
      return "\(value) is none of \(choices)"
    }
    return typeFault(value, schema) ?? partFault(value, schema)
  }

  private func typeFault(_ value: JSONValue, _ schema: JSONValue) -> String? {
    guard let type = schema["type"] else { return nil }
    let allowed = type.array?.compactMap(\.string) ?? [type.string ?? ""]
    return allowed.contains { Shape.is(value, $0) } ? nil : "\(value) is no \(allowed)"
  }

  private static func `is`(_ value: JSONValue, _ type: String) -> Bool {
    switch type {
    case "null": value.isNull
    case "boolean": value.bool != nil
    case "integer": value.int != nil
    case "number": value.double != nil
    case "string": value.string != nil
    case "array": value.array != nil
    case "object": value.object != nil
    default: false
    }
  }

  private func partFault(_ value: JSONValue, _ schema: JSONValue) -> String? {
    if let element = schema["items"] {
      for item in value.array ?? [] { if let fault = fault(item, element) { return fault } }
    }
    guard let object = value.object else { return nil }
    for name in schema["required"]?.array?.compactMap(\.string) ?? [] where object[name] == nil {
      return "\(name) is missing"
    }
    for (key, item) in object {
      let known = schema["properties"]?[key] ?? schema["additionalProperties"]
      if let known, let fault = fault(item, known) { return "\(key): \(fault)" }
    }
    return nil
  }
}
