public import Bytes

/// The server's side of the opening handshake (RFC 6455, 4.2): what it takes, and the answer.
public struct ServerHandshake: Sendable {
  public var origins: OriginRules
  /// The subprotocols this server speaks.
  public var subprotocols: [String]
  public var allowsCompression: Bool
  /// Whether requests come over TLS.
  public var isSecure: Bool

  public init(
    origins: OriginRules = OriginRules(), subprotocols: [String] = [],
    allowsCompression: Bool = true, isSecure: Bool = true
  ) {
    self.origins = origins
    self.subprotocols = subprotocols
    self.allowsCompression = allowsCompression
    self.isSecure = isSecure
  }

  /// The outcome of a request for WebSocket.
  public enum Answer: Equatable, Sendable {
    case accept(Acceptance)
    case refuse(Refusal)
  }

  /// The negotiated parameters.
  public struct Acceptance: Equatable, Sendable {
    public let subprotocol: String?
    public let compression: Compression?
    let key: String
  }

  /// Why there is no connection; answered with plain HTTP.
  public struct Refusal: Error, Equatable, Sendable {
    public let status: Int
    public let reason: String
    /// Whether the answer must carry `Sec-WebSocket-Version: 13` and `Upgrade: websocket`.
    public let namesVersion: Bool

    init(_ status: Int, _ reason: String, namesVersion: Bool = false) {
      self.status = status
      self.reason = reason
      self.namesVersion = namesVersion
    }
  }

  /// Whether a request asks for WebSocket at all, rightly or not.
  public static func isWanted(header: (StaticString) -> [String]) -> Bool {
    HeaderTokens.contain("websocket", in: header("upgrade"))
  }

  /// Judges a request; `header` gives all lines of the header with that (lower-case) name.
  public func answer(
    method: String, isHTTP11: Bool, header: (StaticString) -> [String]
  ) -> Answer {
    do {
      return .accept(try acceptance(method: method, isHTTP11: isHTTP11, header: header))
    } catch {
      return .refuse(error)
    }
  }

  private func acceptance(
    method: String, isHTTP11: Bool, header: (StaticString) -> [String]
  ) throws(Refusal) -> Acceptance {
    guard method == "GET" else { throw Refusal(400, "a WebSocket handshake is a GET request") }
    guard isHTTP11 else { throw Refusal(400, "a WebSocket handshake needs HTTP/1.1") }
    let hosts = header("host")
    guard hosts.count == 1 else { throw Refusal(400, "exactly one Host header is needed") }
    guard ServerHandshake.isWanted(header: header) else {
      throw Refusal(400, "the Upgrade header does not say websocket")
    }
    guard HeaderTokens.contain("upgrade", in: header("connection")) else {
      throw Refusal(400, "the Connection header does not say Upgrade")
    }
    guard header("sec-websocket-version") == ["13"] else {
      throw Refusal(426, "only WebSocket version 13 is spoken here", namesVersion: true)
    }
    let keys = header("sec-websocket-key")
    guard keys.count == 1, HandshakeKey.isWellFormed(keys[0]) else {
      throw Refusal(400, "Sec-WebSocket-Key is not 16 bytes in base64")
    }
    try checkOrigin(header("origin"), host: hosts[0])
    return try agreement(key: keys[0], header: header)
  }

  private func checkOrigin(_ origins: [String], host: String) throws(Refusal) {
    guard let origin = origins.first else { return }
    guard origins.count == 1, self.origins.allow(origin, host: host, isSecure: isSecure)
    else {
      throw Refusal(
        403, "pages from this origin may not connect: the operator can list it in the key origins")
    }
  }

  private func agreement(
    key: String, header: (StaticString) -> [String]
  ) throws(Refusal) -> Acceptance {
    guard let wanted = HeaderTokens.list(header("sec-websocket-protocol")) else {
      throw Refusal(400, "Sec-WebSocket-Protocol is not a list of tokens")
    }
    guard let offers = ExtensionOffer.list(header("sec-websocket-extensions")) else {
      throw Refusal(400, "Sec-WebSocket-Extensions is not well formed")
    }
    // The client lists in the order of its preference.
    let subprotocol = wanted.first { subprotocols.contains($0) }
    let compression = allowsCompression ? Compression.accepting(offers) : nil
    return Acceptance(subprotocol: subprotocol, compression: compression, key: key)
  }
}

extension ServerHandshake.Acceptance {
  /// Appends the answer that makes the connection a WebSocket.
  public func append(to output: inout ByteBuffer) {
    output.append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" as StaticString)
    output.append("Connection: Upgrade\r\nSec-WebSocket-Accept: " as StaticString)
    output.append(HandshakeKey.answer(to: key))
    if let subprotocol {
      output.append("\r\nSec-WebSocket-Protocol: " as StaticString)
      output.append(subprotocol)
    }
    if let compression {
      output.append("\r\nSec-WebSocket-Extensions: " as StaticString)
      output.append(compression.answer)
    }
    output.append("\r\n\r\n" as StaticString)
  }
}
