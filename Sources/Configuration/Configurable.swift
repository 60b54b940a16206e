/// A type that a key of the configuration can have.
public protocol Configurable: Sendable, Equatable {
  /// How an error message calls it: `a number`.
  static var kindName: String { get }

  /// From an environment variable or a flag, or a single value of a file.
  init?(configured text: String)

  /// From a file. The default takes a single value.
  static func read(_ node: YAMLNode) throws(ValueProblem) -> Self

  /// As it can stand in a file, on one line.
  var yaml: String { get }
}

extension Configurable {
  public static func read(_ node: YAMLNode) throws(ValueProblem) -> Self {
    guard case .scalar(let text, _) = node.content else {
      throw ValueProblem("wants \(kindName), not \(node.kind)", node)
    }
    guard let value = Self(configured: text) else {
      throw ValueProblem("wants \(kindName), not \(text.quoted)", node)
    }
    return value
  }
}

extension Bool: Configurable {
  public static var kindName: String { "true or false" }

  public init?(configured text: String) {
    switch text.lowercased() {
    case "true", "yes", "on", "1": self = true
    case "false", "no", "off", "0": self = false
    default: return nil
    }
  }

  public var yaml: String { self ? "true" : "false" }
}

extension Int: Configurable {
  public static var kindName: String { "a number" }
  public init?(configured text: String) { self.init(text) }
  public var yaml: String { String(self) }
}

extension String: Configurable {
  public static var kindName: String { "text" }
  public init?(configured text: String) { self = text }
  public var yaml: String { isPlainYAML ? self : quoted }

  /// Text that no YAML reader takes for anything else.
  private var isPlainYAML: Bool {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    guard let first = unicodeScalars.first, first.properties.isASCIIHexDigit || isLetter(first),
      !words.contains(lowercased()), !isNumberLike
    else { return false }
    return unicodeScalars.allSatisfy {
      isLetter($0) || isDigit($0) || "._/-".contains(Character($0))
    }
  }

  private var isNumberLike: Bool { unicodeScalars.first.map { isDigit($0) } ?? false }
  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
  private func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }

  /// In double quotes, as YAML and JSON read them.
  var quoted: String {
    var result = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 32 || scalar.value == 127:
        let digits = String(scalar.value, radix: 16)
        result += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// Words of which one is chosen.
public protocol ConfigurableChoice: Configurable, RawRepresentable, CaseIterable
where RawValue == String {}

extension ConfigurableChoice {
  public static var kindName: String {
    "one of " + allCases.map(\.rawValue).joined(separator: ", ")
  }
  public init?(configured text: String) { self.init(rawValue: text.lowercased()) }
  public var yaml: String { rawValue }
}

/// A list is written as one, or in a variable or flag with commas, or as YAML in brackets there.
extension Array: Configurable where Element: Configurable {
  public static var kindName: String { "a list, each \(Element.kindName)" }

  public init?(configured text: String) {
    if text.hasPrefix("[") {
      do {
        guard let node = try YAMLReader.read([UInt8](text.utf8)) else { return nil }
        self = try Self.read(node)
      } catch {
        return nil
      }
      return
    }
    self = []
    for part in text.split(separator: ",") {
      guard let element = Element(configured: part.trimmed) else { return nil }
      append(element)
    }
  }

  public static func read(_ node: YAMLNode) throws(ValueProblem) -> Self {
    guard case .list(let nodes) = node.content else {
      throw ValueProblem("wants \(kindName), not \(node.kind)", node)
    }
    var elements: Self = []
    for node in nodes { elements.append(try Element.read(node)) }
    return elements
  }

  public var yaml: String { "[" + map(\.yaml).joined(separator: ", ") + "]" }
}

extension StringProtocol {
  var trimmed: String {
    let blank: (Character) -> Bool = { $0.isWhitespace }
    return String(String(drop(while: blank).reversed()).drop(while: blank).reversed())
  }
}
