internal import Bytes

/// The head of one part of a form.
public struct MultipartPart: Sendable {
  /// The name of the form field.
  public let name: String
  /// For a file: its name without any folder, at most 255 bytes and never empty; nil for a plain
  /// field. It is what the peer says: good to be shown, not to be opened.
  public let fileName: String?
  public let contentType: ContentType?
  public let headers: Headers

  init(_ headers: Headers) throws(HTTPError) {
    guard headers.count(of: .contentDisposition) == 1,
      let value = headers.bytes(of: .contentDisposition)
    else { throw HTTPError(.malformedMultipart) }
    let disposition = try Disposition(value)
    guard let name = disposition.name else { throw HTTPError(.malformedMultipart) }
    self.name = name
    fileName = disposition.fileName.map { MultipartPart.harmless($0) }
    contentType = ContentType(headers)
    self.headers = headers
  }

  /// The file's name without any part that could leave a folder.
  static func harmless(_ name: String) -> String {
    let last =
      name.utf8.split(
        omittingEmptySubsequences: false,
        whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
      ).last.map { String($0) ?? "" } ?? ""
    var kept = String.UnicodeScalarView()
    var length = 0
    for scalar in last.unicodeScalars where !scalar.isControl {
      length += UTF8.width(scalar)
      if length > 255 { break }
      kept.append(scalar)
    }
    let name = String(kept)
    return name.isEmpty || name == "." || name == ".." ? "file" : name
  }
}

/// `form-data; name="…"; filename="…"; filename*=UTF-8''…`
private struct Disposition {
  private(set) var name: String?
  private var plainFileName: String?
  private var extendedFileName: String?

  /// RFC 6266, 4.3: the extended form says it better, if both are there.
  var fileName: String? { extendedFileName ?? plainFileName }

  init(_ value: Span<UInt8>) throws(HTTPError) {
    let end = value.firstIndex(of: UInt8(ascii: ";")) ?? value.count
    let kind: StaticString = "form-data"
    guard value.extracting(0..<end).trimmed().matches(kind.bytes) else {
      throw HTTPError(.malformedMultipart)
    }
    var parameters = Parameters(value.extracting(end...))
    while parameters.next() {
      guard let bytes = parameters.value else { throw HTTPError(.malformedMultipart) }
      if parameters.name.matches(("name" as StaticString).bytes) {
        try Disposition.set(&name, bytes)
      } else if parameters.name.matches(("filename" as StaticString).bytes) {
        try Disposition.set(&plainFileName, bytes)
      } else if parameters.name.matches(("filename*" as StaticString).bytes) {
        try Disposition.set(&extendedFileName, try Disposition.extended(bytes.span))
      }
    }
    if parameters.isMalformed { throw HTTPError(.malformedMultipart) }
  }

  /// A parameter that comes twice is read differently by different programs.
  private static func set(_ text: inout String?, _ bytes: [UInt8]) throws(HTTPError) {
    guard text == nil else { throw HTTPError(.malformedMultipart) }
    guard let decoded = String(validating: bytes.span) else {
      throw HTTPError(.malformedEncoding)
    }
    text = decoded
  }

  /// RFC 8187: charset, language, percent-encoded text. UTF-8 is the only charset it knows.
  private static func extended(_ value: Span<UInt8>) throws(HTTPError) -> [UInt8] {
    let quote = UInt8(ascii: "'")
    guard let first = value.firstIndex(of: quote),
      let second = value.firstIndex(of: quote, from: first + 1),
      value.extracting(0..<first).matches(("utf-8" as StaticString).bytes)
    else { throw HTTPError(.malformedMultipart) }
    var bytes: [UInt8] = []
    var index = second + 1
    while index < value.count {
      if value[index] == UInt8(ascii: "%") {
        bytes.append(try percentDecoded(value, at: index))
        index += 3
      } else {
        guard ByteSet.attribute.contains(value[index]) else {
          throw HTTPError(.malformedMultipart)
        }
        bytes.append(value[index])
        index += 1
      }
    }
    return bytes
  }
}

extension Unicode.Scalar {
  /// Also what turns the direction of writing around, so that `gpj.exe` could pose as `exe.jpg`.
  fileprivate var isControl: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
