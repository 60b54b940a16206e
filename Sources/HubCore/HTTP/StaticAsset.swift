internal import Bytes
internal import Deflate
internal import HTTP
internal import PluginKit

/// A file that is part of the program.
public struct StaticAsset: Sendable {
  public let bytes: [UInt8]
  public let contentType: String
  public let entityTag: String
  public let cacheControl: String
  public let headers: [(name: String, value: String)]
  /// The same as gzip, made once; nil if that is not worth while.
  private let packed: [UInt8]?

  /// - Parameter entityTag: with its quotes, another one for other bytes.
  public init(
    bytes: [UInt8], contentType: String, entityTag: String, cacheControl: String,
    headers: [(name: String, value: String)] = []
  ) {
    self.bytes = bytes
    self.contentType = contentType
    self.entityTag = entityTag
    self.cacheControl = cacheControl
    self.headers = headers
    packed = StaticAsset.pack(bytes, contentType)
  }

  private static func pack(_ bytes: [UInt8], _ contentType: String) -> [UInt8]? {
    guard let type = ContentType(parsing: contentType.utf8.span),
      isWorthCompressing(type, length: bytes.count)
    else { return nil }
    var gzip = GzipEncoder(level: 9)
    var packed = ByteBuffer()
    gzip.encode(bytes.span, into: &packed)
    return packed.count < bytes.count ? [UInt8](packed) : nil
  }

  /// The file, 304 for a client that has it, or 412 for one that wants another state of it.
  func answer(_ head: RequestHead) -> Response {
    // RFC 9110, 8.8.1: where the same state comes packed or not, its tag cannot be a strong one.
    let tag = EntityTag(String(entityTag.dropFirst().dropLast()), isWeak: packed != nil)
    var answer = Response(status: 200, headers: headers)
    answer.headers.append(("ETag", tag.headerValue))
    answer.headers.append(("Cache-Control", cacheControl))
    if packed != nil { answer.headers.append(("Vary", "Accept-Encoding")) }
    switch head.evaluateConditions(tag: tag) {
    case .failed: answer.status = 412
    case .notModified: answer.status = 304
    case .proceed:
      answer.contentType = contentType
      if let packed, head.headers.accepts(encoding: "gzip") {
        answer.headers.append(("Content-Encoding", "gzip"))
        answer.body = .bytes(packed)
      } else {
        answer.body = .bytes(bytes)
      }
    }
    return answer
  }
}
