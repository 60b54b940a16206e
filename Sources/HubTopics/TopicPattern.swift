package import HubProtocol

/// Names one topic, or all that begin alike: `chat.rooms`, `chat.room.{name}`.
package struct TopicPattern: Hashable, Sendable {
  /// The beginning of the names, or the one name.
  package let prefix: String
  /// Whether more follows; it is never empty then, and may hold dots.
  package let isOpen: Bool

  /// `nil` unless `pattern` is a topic name, or the beginning of one with a `{placeholder}` behind.
  package init?(_ pattern: String) {
    guard let brace = pattern.firstIndex(of: "{") else {
      guard TopicName(pattern) != nil else { return nil }
      (prefix, isOpen) = (pattern, false)
      return
    }
    let placeholder = pattern[brace...].dropFirst().dropLast()
    guard pattern.last == "}", TopicName(String(placeholder)) != nil,
      TopicName(pattern[..<brace] + "x") != nil
    else { return nil }
    (prefix, isOpen) = (String(pattern[..<brace]), true)
  }

  /// The first part of the names, which says whose topics they are; nil where that is open.
  package var namespace: String? {
    let first = prefix.prefix { $0 != "." }
    return isOpen && first.endIndex == prefix.endIndex ? nil : String(first)
  }

  package func matches(_ topic: TopicName) -> Bool {
    let name = topic.description
    return isOpen
      ? name.utf8.count > prefix.utf8.count && name.utf8.starts(with: prefix.utf8) : name == prefix
  }
}

/// Values by the names of topics: the pattern that says most about a name wins.
package struct TopicTable<Value> {
  private var exact: [String: Value] = [:]
  // Longest prefix first.
  private var open: [(pattern: TopicPattern, value: Value)] = []

  package init() {}

  /// Adds a pattern; `false` if it is there already.
  package mutating func insert(_ value: Value, for pattern: TopicPattern) -> Bool {
    if !pattern.isOpen {
      guard exact[pattern.prefix] == nil else { return false }
      exact[pattern.prefix] = value
      return true
    }
    guard !open.contains(where: { $0.pattern == pattern }) else { return false }
    let length = pattern.prefix.utf8.count
    let place = open.firstIndex { $0.pattern.prefix.utf8.count < length } ?? open.count
    open.insert((pattern, value), at: place)
    return true
  }

  /// Walks through the open patterns, which are a few per plugin: look it up once per topic.
  package func value(for topic: TopicName) -> Value? {
    exact[topic.description] ?? open.first { $0.pattern.matches(topic) }?.value
  }
}

extension TopicTable: Sendable where Value: Sendable {}
