internal import Glibc

/// A password or key: itself, or `file:/path` with the name of a file that holds it. It is never
/// printed.
public struct Secret: Configurable, CustomStringConvertible, CustomReflectable {
  private let source: String
  /// The secret; empty if none is configured.
  public let text: String

  public static let none = Secret()

  private init() {
    source = ""
    text = ""
  }

  public static var kindName: String { "a secret, or file:/path of a readable file with it" }

  public init?(configured source: String) {
    self.source = source
    guard source.hasPrefix("file:") else {
      text = source
      return
    }
    let path = String(source.dropFirst(5))
    guard let bytes = try? TextFile.read(path, limit: 65_536) else { return nil }
    // Editors end a file with a line end, which belongs to nobody's password.
    text = String(decoding: bytes, as: UTF8.self).trimmed
  }

  public var isEmpty: Bool { text.isEmpty }

  public var yaml: String {
    text.isEmpty ? "\"\"" : source.hasPrefix("file:") ? source.quoted : "\"********\""
  }

  public var description: String { text.isEmpty ? "(none)" : "********" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
