extension JSONValue {
  /// Reads one JSON text (RFC 8259) strictly: the whole of `bytes`, valid UTF-8, no halves of
  /// surrogate pairs, nothing behind the value.
  public init(parsing bytes: Span<UInt8>, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    var scanner = JSONScanner(bytes, limits: limits)
    self = try scanner.value(lastDuplicateWins: limits.lastDuplicateWins)
    try scanner.finish()
  }

  public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
    try self.init(parsing: bytes.span, limits: limits)
  }

  public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    try self.init(parsing: text.utf8.span, limits: limits)
  }
}

extension JSONScanner {
  /// Takes the next value as a tree.
  public mutating func value(lastDuplicateWins: Bool = false) throws(JSONError) -> JSONValue {
    switch try kind() {
    case .null:
      try null()
      return .null
    case .bool: return .bool(try bool())
    case .string:
      let text = try string()
      return .string(string(text))
    case .number:
      switch try number() {
      case .int(let value): return .int(value)
      case .double(let value): return .double(value)
      }
    case .array: return .array(try array(lastDuplicateWins))
    case .object: return .object(try object(lastDuplicateWins))
    }
  }

  private mutating func array(_ lastDuplicateWins: Bool) throws(JSONError) -> [JSONValue] {
    try enterArray()
    var elements: [JSONValue] = []
    while try nextElement() {
      elements.append(try value(lastDuplicateWins: lastDuplicateWins))
    }
    return elements
  }

  private mutating func object(_ lastDuplicateWins: Bool) throws(JSONError) -> JSONObject {
    try enterObject()
    var members = MemberList()
    while let name = try nextMember() {
      let key = string(name)
      let known = members.place(of: key)
      if known != nil, !lastDuplicateWins {
        throw JSONError(.duplicateMember, at: name.range.lowerBound)
      }
      members.set(key, try value(lastDuplicateWins: lastDuplicateWins), at: known)
    }
    return members.object
  }
}

/// The members read so far, with an index once looking through the list would be slow: a peer
/// could otherwise make us compare every name with every other.
private struct MemberList {
  private(set) var object = JSONObject()
  private var index: [String: Int]?

  func place(of key: String) -> Int? {
    index.map { $0[key] } ?? object.members.firstIndex { $0.key == key }
  }

  mutating func set(_ key: String, _ value: JSONValue, at place: Int?) {
    if place != nil {
      object[key] = value
      return
    }
    if object.isEmpty { object.reserveCapacity(4) }
    object.append(key, value)
    if index != nil {
      index?[key] = object.count - 1
    } else if object.count == 24 {
      index = Dictionary(
        uniqueKeysWithValues: object.members.enumerated().map { ($1.key, $0) })
    }
  }
}
