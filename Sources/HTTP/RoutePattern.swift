/// Why a route could not be registered; always the fault of whoever wrote the pattern.
public struct RouteError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: Sendable {
    case malformed, tooManyParameters, repeatedName, conflict
  }

  public let code: Code
  public let pattern: String
  /// The route that stands in the way.
  public let other: String?

  init(_ code: Code, pattern: String, other: String? = nil) {
    self.code = code
    self.pattern = pattern
    self.other = other
  }

  public var description: String {
    switch code {
    case .malformed: "\(pattern) is not a route pattern such as /rooms/:id/files/*path"
    case .tooManyParameters: "\(pattern) has more than \(RouteMatch.capacity) parameters"
    case .repeatedName: "\(pattern) uses one parameter name twice"
    case .conflict: "\(pattern) has the same shape as \(other ?? "another route")"
    }
  }
}

/// A pattern taken apart.
struct RoutePattern {
  enum Segment {
    case literal([UInt8])
    case parameter
  }

  private(set) var segments: [Segment] = []
  /// Of the parameters and the rest, in order.
  private(set) var names: [String] = []
  private(set) var hasRest = false

  init(_ pattern: String) throws(RouteError) {
    guard pattern.utf8.first == UInt8(ascii: "/") else {
      throw RouteError(.malformed, pattern: pattern)
    }
    var parts = pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    if parts.last?.isEmpty == true { parts.removeLast() }
    for part in parts {
      guard !hasRest, !part.isEmpty, part != ".", part != ".." else {
        throw RouteError(.malformed, pattern: pattern)
      }
      try add(part, of: pattern)
    }
    guard names.count <= RouteMatch.capacity else {
      throw RouteError(.tooManyParameters, pattern: pattern)
    }
  }

  private mutating func add(_ part: Substring, of pattern: String) throws(RouteError) {
    switch part.first {
    case ":":
      try add(name: part.dropFirst(), of: pattern)
      segments.append(.parameter)
    case "*":
      try add(name: part.dropFirst(), of: pattern)
      hasRest = true
    default:
      segments.append(.literal(Array(part.utf8)))
    }
  }

  private mutating func add(name: Substring, of pattern: String) throws(RouteError) {
    guard !name.isEmpty else { throw RouteError(.malformed, pattern: pattern) }
    guard !names.contains(String(name)) else { throw RouteError(.repeatedName, pattern: pattern) }
    names.append(String(name))
  }
}
