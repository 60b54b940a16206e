/// A value of a YAML document, with the line on which it begins.
public struct YAMLNode: Sendable, Equatable {
  public indirect enum Content: Sendable, Equatable {
    /// `isPlain` is false for text that was quoted.
    case scalar(String, isPlain: Bool)
    case list([YAMLNode])
    case map([Member])
  }

  public struct Member: Sendable, Equatable {
    public let key: String
    /// The line of the key.
    public let line: Int
    public let value: YAMLNode
  }

  public let line: Int
  public let content: Content

  /// Nothing stands there, or `null`: as if the key were absent.
  var isEmpty: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  var kind: String {
    switch content {
    case .scalar: "a single value"
    case .list: "a list"
    case .map: "a section"
    }
  }
}

extension ValueProblem {
  init(_ message: String, _ node: YAMLNode) { self.init(message, line: node.line) }
}
