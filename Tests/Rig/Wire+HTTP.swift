import Bytes
import Loop

/// An answer as it came over the line.
package struct Reply: Sendable {
  package let status: Int
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]

  package subscript(name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  package var text: String { String(decoding: body, as: UTF8.self) }
}

extension Wire {
  /// Sends a request and waits for its answer.
  package func call(
    _ method: String, _ path: String, headers: [(String, String)] = [], body: String = ""
  ) async throws -> Reply {
    try send(Wire.request(method, path, headers: headers, body: body))
    return try await reply(toHead: method == "HEAD")
  }

  package static func request(
    _ method: String, _ path: String, headers: [(String, String)] = [], body: String = ""
  ) -> String {
    var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    if !body.isEmpty { text += "Content-Length: \(body.utf8.count)\r\n" }
    return text + "\r\n" + body
  }

  /// The next answer.
  package func reply(toHead: Bool = false) async throws -> Reply {
    try await take { bytes in try Reply(taking: &bytes, hasBody: !toHead) }
  }
}

extension Reply {
  /// Takes an answer off the front; nil while it is not whole.
  init?(taking bytes: inout [UInt8], hasBody: Bool) throws {
    let mark = Array("\r\n\r\n".utf8)
    guard let end = bytes.firstRange(of: mark)?.upperBound else { return nil }
    let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
    guard let first = lines.first, first.hasPrefix("HTTP/1.1 "),
      let status = Int(first.dropFirst(9).prefix(3))
    else { throw Fault("no answer: \(lines)") }
    let headers = lines.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return (name: String(parts[0]), value: String(parts[1].drop { $0 == " " }))
    }
    let declared = headers.first { $0.name.lowercased() == "content-length" }?.value
    let length = hasBody && status >= 200 && status != 204 && status != 304 ? declared : nil
    let count = length.flatMap { Int($0) } ?? 0
    guard bytes.count >= end + count else { return nil }
    self.init(status: status, headers: headers, body: Array(bytes[end..<end + count]))
    bytes.removeFirst(end + count)
  }
}
