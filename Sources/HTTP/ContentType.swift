internal import Bytes

/// A media type (RFC 9110, 8.3.1): `text/html; charset=utf-8`.
public struct ContentType: Sendable, Hashable, CustomStringConvertible {
  /// Type and subtype, in lower case: `text/html`.
  public let essence: String
  /// In lower case: `utf-8`.
  public var charset: String?
  /// Where the parts of a multipart body end; its case matters.
  public var boundary: String?

  /// For types that we send ourselves.
  public init(_ essence: String, charset: String? = nil) {
    self.essence = essence
    self.charset = charset
    boundary = nil
  }

  /// The type of a message's body, or nil if it has none that can be read.
  public init?(_ headers: Headers) {
    guard headers.count(of: .contentType) == 1, let value = headers.bytes(of: .contentType) else {
      return nil
    }
    self.init(parsing: value)
  }

  /// Nil if the bytes are no media type. Parameters but charset and boundary are passed over.
  public init?(parsing bytes: Span<UInt8>) {
    let end = bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
    let essence = bytes.extracting(0..<end).trimmed()
    guard let slash = essence.firstIndex(of: UInt8(ascii: "/")),
      essence.extracting(0..<slash).isToken(), essence.extracting((slash + 1)...).isToken()
    else { return nil }
    self.init(String(essence).lowercased())
    var parameters = Parameters(bytes.extracting(end...))
    while parameters.next() {
      guard let value = parameters.value else { return nil }
      if parameters.name.matches(("charset" as StaticString).bytes) {
        guard charset == nil else { return nil }
        charset = String(value.span).lowercased()
      } else if parameters.name.matches(("boundary" as StaticString).bytes) {
        guard boundary == nil else { return nil }
        boundary = String(value.span)
      }
    }
    if parameters.isMalformed { return nil }
  }

  public var description: String {
    var text = essence
    if let charset { text += "; charset=\(charset)" }
    if let boundary { text += "; boundary=\(boundary)" }
    return text
  }

  /// Whether text of this type may be read as UTF-8, which is also what no charset means here.
  public var isUTF8: Bool { charset == nil || charset == "utf-8" || charset == "utf8" }

  /// Whether packing is worth while: text in any clothes, but nothing that is packed already.
  public var isCompressible: Bool {
    if essence.hasPrefix("text/") || essence.hasSuffix("+json") || essence.hasSuffix("+xml") {
      return true
    }
    return ContentType.packable.contains(essence)
  }

  private static let packable: Set<String> = [
    "application/json", "application/javascript", "application/xml", "application/wasm",
    "application/manifest+json", "image/bmp", "image/x-icon", "font/ttf", "font/otf",
  ]

  public static let json = ContentType("application/json")
  public static let form = ContentType("application/x-www-form-urlencoded")
  public static let multipart = ContentType("multipart/form-data")
  public static let text = ContentType("text/plain", charset: "utf-8")
  public static let html = ContentType("text/html", charset: "utf-8")
  public static let binary = ContentType("application/octet-stream")
}
