public import Bytes

/// The client's side of the opening handshake (RFC 6455, 4.1): one request, and what must be in
/// the answer.
public struct ClientHandshake: Sendable {
  /// The negotiated parameters.
  public struct Agreement: Equatable, Sendable {
    public let subprotocol: String?
    public let compression: Compression?
    /// How many bytes the answer took; frames may follow behind it.
    public let length: Int
  }

  // An answer that has not ended after this many bytes is none.
  private static let longestAnswer = 16 << 10

  private let host: String
  private let path: String
  private let subprotocols: [String]
  private let offersCompression: Bool
  private let headers: [(name: String, value: String)]
  private let key = HandshakeKey.random()

  /// - Parameters:
  ///   - host: As in the `Host` header, with the port if it is not the usual one.
  ///   - headers: Further headers, such as `Authorization` or `Origin`.
  public init(
    host: String, path: String, subprotocols: [String] = [], offersCompression: Bool = true,
    headers: [(name: String, value: String)] = []
  ) {
    self.host = host
    self.path = path
    self.subprotocols = subprotocols
    self.offersCompression = offersCompression
    self.headers = headers
  }

  /// Appends the request.
  public func append(to output: inout ByteBuffer) {
    output.append("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n")
    output.append("Upgrade: websocket\r\nConnection: Upgrade\r\n" as StaticString)
    output.append("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: \(key)\r\n")
    if !subprotocols.isEmpty {
      output.append("Sec-WebSocket-Protocol: \(subprotocols.joined(separator: ", "))\r\n")
    }
    if offersCompression { output.append("Sec-WebSocket-Extensions: \(Compression.offer)\r\n") }
    for header in headers {
      let line = "\(header.name): \(header.value)"
      precondition(!line.utf8.contains { $0 == 13 || $0 == 10 }, "a header is one line")
      output.append("\(line)\r\n")
    }
    output.append("\r\n" as StaticString)
  }

  /// Reads the answer at the front of `received`; nil while its end has not come.
  public func read(_ received: Span<UInt8>) throws(WebSocketError) -> Agreement? {
    guard let length = ClientHandshake.headLength(received) else {
      guard received.count <= ClientHandshake.longestAnswer else { throw refused }
      return nil
    }
    let text = unsafe received.extracting(0..<length).withUnsafeBytes {
      unsafe String(decoding: $0, as: UTF8.self)
    }
    let lines = text.split(separator: "\r\n")
    guard let status = lines.first, status.hasPrefix("HTTP/1.1 101") else { throw refused }
    return try agreement(lines.dropFirst(), length: length)
  }

  private func agreement(
    _ lines: ArraySlice<Substring>, length: Int
  ) throws(WebSocketError) -> Agreement {
    guard HeaderTokens.contain("websocket", in: ClientHandshake.values("upgrade", lines)),
      HeaderTokens.contain("upgrade", in: ClientHandshake.values("connection", lines)),
      ClientHandshake.values("sec-websocket-accept", lines) == [HandshakeKey.answer(to: key)],
      let answer = ExtensionOffer.list(ClientHandshake.values("sec-websocket-extensions", lines)),
      offersCompression || answer.isEmpty
    else { throw refused }
    let chosen = ClientHandshake.values("sec-websocket-protocol", lines)
    guard chosen.count <= 1, chosen.allSatisfy(subprotocols.contains) else { throw refused }
    let compression = try Compression.accepted(answer)
    return Agreement(subprotocol: chosen.first, compression: compression, length: length)
  }

  private var refused: WebSocketError { WebSocketError(.badHandshakeAnswer) }

  /// All values of the header `name`, which is in lower case.
  private static func values(_ name: String, _ lines: ArraySlice<Substring>) -> [String] {
    lines.compactMap { line in
      guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name else {
        return nil
      }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      return String(value.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
  }

  /// The length up to and with the empty line.
  private static func headLength(_ bytes: Span<UInt8>) -> Int? {
    var matched = 0
    let end: [4 of UInt8] = [13, 10, 13, 10]
    for index in 0..<min(bytes.count, longestAnswer) {
      matched = bytes[index] == end[matched] ? matched + 1 : bytes[index] == 13 ? 1 : 0
      if matched == 4 { return index + 1 }
    }
    return nil
  }
}
