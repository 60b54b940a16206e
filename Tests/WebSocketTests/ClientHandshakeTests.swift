import Bytes
import Testing
import WebSocket

@Suite struct `A client's handshake` {
  private let handshake = ClientHandshake(
    host: "hub.example.org:8443", path: "/ws?x=1", subprotocols: ["v2", "v1"],
    headers: [(name: "Authorization", value: "Bearer t")])

  @Test func `is accepted by our own server`() throws {
    let server = ServerHandshake(subprotocols: ["v1"])
    let answer = try #require(parsed(handshake).accepted(by: server))
    let agreement = try read(answer + "rest")
    #expect(agreement?.subprotocol == "v1")
    #expect(agreement?.compression?.serverWindowBits == 15)
    #expect(agreement?.length == answer.utf8.count)
  }

  @Test func `says what it was told to say`() {
    let request = parsed(handshake)
    #expect(request.header("host") == ["hub.example.org:8443"])
    #expect(request.header("authorization") == ["Bearer t"])
    #expect(request.header("sec-websocket-version") == ["13"])
    #expect(text(handshake).hasPrefix("GET /ws?x=1 HTTP/1.1\r\n"))
    let plain = parsed(ClientHandshake(host: "h", path: "/", offersCompression: false))
    #expect(plain.header("sec-websocket-extensions") == [])
    #expect(plain.header("sec-websocket-protocol") == [])
  }

  @Test func `has another key each time`() {
    let other = parsed(ClientHandshake(host: "h", path: "/"))
    #expect(other.header("sec-websocket-key") != parsed(handshake).header("sec-websocket-key"))
  }

  @Test func `waits for the end of the answer, wherever it is cut`() throws {
    let answer = Array(try goodAnswer().utf8)
    for count in 0..<answer.count {
      let part = try handshake.read(answer.span.extracting(0..<count))
      #expect(part == nil)
    }
    let whole = try handshake.read(answer.span)
    #expect(whole?.length == answer.count)
  }

  @Test(arguments: [
    ("HTTP/1.1 101", "HTTP/1.1 200"), ("HTTP/1.1 101", "HTTP/1.0 101"),
    ("Upgrade: websocket", "Upgrade: h2c"), ("Connection: Upgrade", "Connection: close"),
    ("Accept: ", "Accept: x"), ("Sec-WebSocket-Accept", "X-Accept"),
    ("Protocol: v1", "Protocol: v3"), ("server_no_context_takeover; ", ""),
    ("permessage-deflate", "permessage-bzip2"),
    ("deflate; ", "deflate; client_max_window_bits=9; "),
    ("deflate; ", "deflate; server_max_window_bits=16; "), ("deflate; ", "deflate, x; "),
    ("deflate; ", "deflate;; "),
  ])
  func `refuses an answer that it did not ask for`(part: String, changed: String) throws {
    let answer = try goodAnswer()
    #expect(answer.contains(part))
    #expect(throws: WebSocketError(.badHandshakeAnswer)) {
      try read(answer.replacing(part, with: changed))
    }
  }

  @Test func `takes no compression for an answer, and a narrower window`() throws {
    let answer = try goodAnswer()
    let lines = answer.split(separator: "\r\n").filter { !$0.contains("deflate") }
    let plain = lines.joined(separator: "\r\n") + "\r\n\r\n"
    #expect(try read(plain)?.compression == nil)
    #expect(try read(plain) != nil)
    let narrow = answer.replacing("deflate; ", with: "deflate; server_max_window_bits=9; ")
    #expect(try read(narrow)?.compression?.serverWindowBits == 9)
  }

  @Test func `refuses compression that it did not offer`() throws {
    let plain = ClientHandshake(
      host: "h", path: "/", subprotocols: ["v1"], offersCompression: false)
    let answer = try #require(parsed(plain).accepted(by: ServerHandshake()))
    let changed = answer.dropLast(2) + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    #expect(throws: WebSocketError(.badHandshakeAnswer)) {
      try plain.read(Array(String(changed).utf8).span)
    }
  }

  @Test func `refuses an answer without an end`() throws {
    let endless = "HTTP/1.1 101 X\r\n" + String(repeating: "a: b\r\n", count: 3000)
    #expect(throws: WebSocketError(.badHandshakeAnswer)) { try read(endless) }
  }

  private func goodAnswer() throws -> String {
    try #require(parsed(handshake).accepted(by: ServerHandshake(subprotocols: ["v1"])))
  }

  private func read(_ text: String) throws(WebSocketError) -> ClientHandshake.Agreement? {
    let bytes = Array(text.utf8)
    return try handshake.read(bytes.span)
  }

  private func text(_ handshake: ClientHandshake) -> String {
    var output = ByteBuffer()
    handshake.append(to: &output)
    return String(output)
  }

  private func parsed(_ handshake: ClientHandshake) -> Request {
    let lines = text(handshake).split(separator: "\r\n").dropFirst()
    return Request(
      lines.map { line in
        let parts = line.split(separator: ": ", maxSplits: 1)
        return (parts[0].lowercased(), String(parts[1]))
      })
  }
}
