import JSON

/// The essentials of a format's official schema: which kinds of objects there are, which members
/// each may have and must have, and what stands in them.
struct Rulebook: Sendable {
  indirect enum Rule: Sendable {
    case anything
    case text
    case flag
    case number
    case choice([String])
    case list(Rule)
    case map(Rule)
    /// An object of that kind.
    case kind(String)
    /// The same, or a pointer to one.
    case orReference(String)
    case reference
    case null
    case oneOf([Rule])
  }

  struct Kind: Sendable {
    var required: [String] = []
    var members: [String: Rule] = [:]
    /// What the object has to be beyond that; a sentence where it is not.
    var also: @Sendable (JSONObject) -> String? = { _ in nil }
  }

  let root: String
  let kinds: [String: Kind]

  /// What is wrong with a document, each with the place where it is.
  func faults(of document: JSONValue) -> [String] {
    var checker = Checker(kinds: kinds, document: document)
    checker.check(document, .kind(root), at: "#")
    return checker.faults
  }
}

private struct Checker {
  let kinds: [String: Rulebook.Kind]
  let document: JSONValue
  var faults: [String] = []

  mutating func check(_ value: JSONValue, _ rule: Rulebook.Rule, at place: String) {
    switch rule {
    case .anything: return
    case .text: expect(value.string != nil, "no text", place)
    case .flag: expect(value.bool != nil, "neither true nor false", place)
    case .number: expect(value.double != nil, "no number", place)
    case .null: expect(value.isNull, "not null", place)
    case .choice(let choices):
      expect(value.string.map { choices.contains($0) } ?? false, "none of \(choices)", place)
    case .list(let element):
      guard let list = value.array else { return expect(false, "no list", place) }
      for (index, item) in list.enumerated() { check(item, element, at: "\(place)/\(index)") }
    case .map(let element):
      guard let object = value.object else { return expect(false, "no object", place) }
      for (key, item) in object { check(item, element, at: "\(place)/\(escaped(key))") }
    case .kind(let name): check(value, kind: name, place)
    case .orReference(let name):
      if value["$ref"] == nil { check(value, kind: name, place) } else { follow(value, place) }
    case .reference: follow(value, place)
    case .oneOf(let rules): check(value, oneOf: rules, place)
    }
  }

  private mutating func check(_ value: JSONValue, kind name: String, _ place: String) {
    guard let kind = kinds[name] else { return expect(false, "no such kind: \(name)", place) }
    guard let object = value.object else { return expect(false, "no \(name)", place) }
    for member in kind.required where object[member] == nil {
      expect(false, "\(name) without \(member)", place)
    }
    for (key, item) in object where !key.hasPrefix("x-") {
      guard let rule = kind.members[key] else {
        expect(false, "\(name) has no member \(key)", place)
        continue
      }
      check(item, rule, at: "\(place)/\(escaped(key))")
    }
    if let sentence = kind.also(object) { expect(false, sentence, place) }
  }

  /// Follows at least one of the rules.
  private mutating func check(_ value: JSONValue, oneOf rules: [Rulebook.Rule], _ place: String) {
    var fewest: [String]?
    for rule in rules {
      var attempt = Checker(kinds: kinds, document: document)
      attempt.check(value, rule, at: place)
      if attempt.faults.count < fewest?.count ?? .max { fewest = attempt.faults }
    }
    faults += fewest ?? []
  }

  private mutating func follow(_ value: JSONValue, _ place: String) {
    guard let pointer = value["$ref"]?.string else { return expect(false, "no $ref", place) }
    expect(document.at(pointer) != nil, "\(pointer) points nowhere", place)
  }

  private mutating func expect(_ isGood: Bool, _ sentence: String, _ place: String) {
    if !isGood { faults.append("\(place): \(sentence)") }
  }

  private func escaped(_ key: String) -> String {
    key.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
  }
}

extension JSONValue {
  /// What a pointer such as `#/components/schemas/A` leads to.
  func at(_ pointer: String) -> JSONValue? {
    guard pointer == "#" || pointer.hasPrefix("#/") else { return nil }
    return pointer.split(separator: "/").dropFirst().reduce(self as JSONValue?) { value, step in
      let key = String(step).replacing("~1", with: "/").replacing("~0", with: "~")
      if let index = Int(key), value?.array != nil { return value?[index] }
      return value?[key]
    }
  }
}

extension Rulebook {
  /// JSON Schema 2020-12, as far as the documents use it.
  static let schema = Kind(
    members: [
      "$ref": .text, "type": .oneOf([types, .list(types)]), "title": .text, "description": .text,
      "format": .text, "pattern": .text, "properties": .map(.kind("schema")),
      "required": .list(.text), "items": .kind("schema"),
      "additionalProperties": .oneOf([.kind("schema"), .flag]), "anyOf": .list(.kind("schema")),
      "oneOf": .list(.kind("schema")), "allOf": .list(.kind("schema")), "enum": .list(.anything),
      "const": .anything, "minimum": .number, "maximum": .number, "minLength": .number,
      "maxLength": .number, "minItems": .number, "maxItems": .number, "examples": .list(.anything),
      "default": .anything, "deprecated": .flag, "readOnly": .flag, "writeOnly": .flag,
    ],
    also: { schema in
      let required = schema["required"]?.array?.compactMap(\.string) ?? []
      let known = Set(schema["properties"]?.object?.map(\.key) ?? [])
      if Set(required).count != required.count { return "a member is required twice" }
      if let stray = required.first(where: { !known.contains($0) }) {
        return "\(stray) is required and not described"
      }
      for key in ["anyOf", "oneOf", "allOf", "enum"] where schema[key]?.array?.isEmpty == true {
        return "\(key) is empty"
      }
      return nil
    })

  private static let types = Rule.choice([
    "null", "boolean", "object", "array", "number", "string", "integer",
  ])
}
