/// The members of a JSON object in the order in which they were written or added.
///
/// Looking a member up walks the list: objects have a handful of members, and a list is faster
/// than a hash table there. Equality does not look at the order (RFC 8259, 4).
public struct JSONObject: Sendable {
  public typealias Member = (key: String, value: JSONValue)

  public private(set) var members: [Member]

  public init() { members = [] }

  /// Takes `members` as they are; of two with one name the first is the one that is found.
  public init(_ members: [(String, JSONValue)]) {
    self.members = members
  }

  public var count: Int { members.count }
  public var isEmpty: Bool { members.isEmpty }
  public var keys: some Sequence<String> { members.lazy.map(\.key) }

  /// The member of that name; setting replaces it in place or adds it at the end, and setting
  /// `nil` removes it. Not O(1).
  public subscript(key: String) -> JSONValue? {
    get { members.first { $0.key == key }?.value }
    set {
      let index = members.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append((key, value))
      case (nil, nil): break
      }
    }
  }

  /// Adds a member at the end without looking for another one of that name.
  public mutating func append(_ key: String, _ value: JSONValue) {
    members.append((key, value))
  }

  public mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }
}

extension JSONObject: Equatable {
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    guard left.count == right.count else { return false }
    if zip(left.members, right.members).allSatisfy({ $0.key == $1.key && $0.value == $1.value }) {
      return true
    }
    return left.members.allSatisfy { right[$0.key] == $0.value }
  }
}

extension JSONObject: Sequence {
  public func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral members: (String, JSONValue)...) {
    self.init(members)
  }
}
