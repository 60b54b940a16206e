import Bytes
import Testing

@testable import HTTP

@Suite struct `A request parser` {
  static let pipeline = """
    GET /rooms/7?full=1&x=%20 HTTP/1.1\r
    Host: muster.example:8443\r
    Accept:   text/html \r
    \r
    POST /a%20b/../c HTTP/1.1\r
    host: muster.example\r
    Content-Length: 5\r
    \r
    hello\r
    PUT /chunks HTTP/1.1\r
    HOST: [::1]:80\r
    Transfer-Encoding: Chunked\r
    \r
    5;a=b\r
    world\r
    00A\r
    0123456789\r
    0\r
    Sum: 15\r
    \r
    GET http://other.example/?q HTTP/1.1\r
    Host: muster.example\r
    Connection: Close, x\r
    \r

    """

  @Test func `reads pipelined requests in order, with their bodies and trailers`() {
    let reading = read(Self.pipeline)
    #expect(reading.error == nil && reading.unread == 0)
    #expect(
      reading.requests == [
        ReadRequest(
          method: .get, path: "/rooms/7", query: "full=1&x=%20", host: "muster.example:8443",
          body: "", trailers: 0, keepsAlive: true),
        ReadRequest(
          method: .post, path: "/c", query: "", host: "muster.example", body: "hello",
          trailers: 0, keepsAlive: true),
        ReadRequest(
          method: .put, path: "/chunks", query: "", host: "[::1]:80", body: "world0123456789",
          trailers: 1, keepsAlive: true),
        ReadRequest(
          method: .get, path: "/", query: "q", host: "other.example", body: "", trailers: 0,
          keepsAlive: false),
      ])
  }

  @Test(arguments: [Int.max, 1]) func `passes over bodies that nobody reads`(step: Int) throws {
    var parser = RequestParser()
    var input = ByteBuffer()
    var paths: [String] = []
    let bytes = Array(Self.pipeline.utf8)
    var position = 0
    while position < bytes.count {
      let end = step > bytes.count - position ? bytes.count : position + step
      input.append(Array(bytes[position..<end]))
      position = end
      while let head = try parser.nextHead(&input) { paths.append(head.path) }
    }
    #expect(paths == ["/rooms/7", "/c", "/chunks", "/"] && input.isEmpty)
  }

  @Test(arguments: [
    ("", true), ("Content-Length: 10\r\n", true), ("Content-Length: 11\r\n", false),
    ("Transfer-Encoding: chunked\r\n", false),
  ])
  func `knows whether it can pass over a body without trouble`(
    framing: String, canPass: Bool
  ) throws {
    var limits = RequestParser.Limits()
    limits.body = 10
    var parser = RequestParser(limits: limits)
    var input = ByteBuffer()
    input.append("POST / HTTP/1.1\r\nHost: a\r\n\(framing)\r\n")
    #expect(try parser.nextHead(&input) != nil)
    #expect(parser.canPassBody == canPass)
  }

  @Test func `does not pass over more than a body may have`() throws {
    var parser = RequestParser()
    var input = ByteBuffer()
    input.append("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello")
    _ = try parser.nextHead(&input)
    parser.limitBody(to: 10)
    #expect(throws: HTTPError(.bodyTooLarge)) { _ = try parser.nextHead(&input) }
    #expect(throws: HTTPError(.bodyTooLarge)) { _ = try parser.nextHead(&input) }
  }

  @Test(arguments: [1, 2, 3, 5, 7, 64])
  func `reads the same in pieces of any size`(step: Int) {
    #expect(read(Self.pipeline, step: step) == read(Self.pipeline))
  }
}

@Suite struct `A request parser refuses` {
  /// A request that is fine but for its request line or one header line.
  static func request(_ line: String = "GET / HTTP/1.1", _ headers: String...) -> String {
    ([line, "Host: a"] + headers + ["", ""]).joined(separator: "\r\n")
  }

  typealias Code = HTTPError.Code

  static let smuggling: [(String, Code)] = [
    (
      request("POST / HTTP/1.1", "Content-Length: 3", "Transfer-Encoding: chunked"),
      .ambiguousLength
    ),
    (
      request("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Content-Length: 3"),
      .ambiguousLength
    ),
    (request("POST / HTTP/1.1", "Content-Length: 3", "Content-Length: 4"), .ambiguousLength),
    (request("POST / HTTP/1.1", "Content-Length: 3", "content-length: 3"), .ambiguousLength),
    (request("POST / HTTP/1.1", "Content-Length: 3, 3"), .ambiguousLength),
    (request("POST / HTTP/1.1", "Content-Length: +3"), .ambiguousLength),
    (request("POST / HTTP/1.1", "Content-Length: -3"), .ambiguousLength),
    (request("POST / HTTP/1.1", "Content-Length: 0x3"), .ambiguousLength),
    (request("POST / HTTP/1.1", "Content-Length:"), .ambiguousLength),
    (request("POST / HTTP/1.1", "Content-Length: 1 2"), .ambiguousLength),
    (request("POST / HTTP/1.0", "Transfer-Encoding: chunked"), .ambiguousLength),
    (
      request("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
      .ambiguousLength
    ),
    (request("POST / HTTP/1.1", "Transfer-Encoding: gzip, chunked"), .unsupportedTransferEncoding),
    (
      request("POST / HTTP/1.1", "Transfer-Encoding: chunked, chunked"),
      .unsupportedTransferEncoding
    ),
    (request("POST / HTTP/1.1", "Transfer-Encoding: identity"), .unsupportedTransferEncoding),
    (request("POST / HTTP/1.1", "Transfer-Encoding: xchunked"), .unsupportedTransferEncoding),
    (request("POST / HTTP/1.1", "Transfer-Encoding:"), .unsupportedTransferEncoding),
    (request("POST / HTTP/1.1", "Transfer-Encoding: \u{0B}chunked"), .malformedHeader),
    (request("POST / HTTP/1.1", "Transfer-Encoding : chunked"), .malformedHeader),
    (request("POST / HTTP/1.1", "Content-Length\t: 3"), .malformedHeader),
    (request("GET / HTTP/1.1", " Folded: x"), .malformedHeader),
    (request("GET / HTTP/1.1", "A: x", "\tfolded"), .malformedHeader),
    (request("GET / HTTP/1.1", ": x"), .malformedHeader),
    (request("GET / HTTP/1.1", "NoColon"), .malformedHeader),
    (request("GET / HTTP/1.1", "A(b): x"), .malformedHeader),
    (request("GET / HTTP/1.1", "Ä: x"), .malformedHeader),
    (request("GET / HTTP/1.1", "A: x\0y"), .malformedHeader),
    (request("GET / HTTP/1.1", "A: x\u{7F}y"), .malformedHeader),
    (request("GET / HTTP/1.1", "A: 1234567\u{1B}9"), .malformedHeader),
    (request("GET / HTTP/1.1", "A: x\ry: z"), .bareLineEnd),
    (request("GET / HTTP/1.1", "A: x\r"), .bareLineEnd),
    ("GET / HTTP/1.1\nHost: a\n\n", .bareLineEnd),
    ("GET / HTTP/1.1\r\nHost: a\nB: c\r\n\r\n", .bareLineEnd),
    ("GET / HTTP/1.1\r\nHost: a\r\n\n", .bareLineEnd),
    ("\n", .malformedRequestLine),
  ]

  static let requestLines: [(String, Code)] = [
    ("GET /", .malformedRequestLine),
    ("GET  / HTTP/1.1", .malformedRequestLine),
    ("GET /  HTTP/1.1", .malformedRequestLine),
    ("GET / HTTP/1.1 ", .malformedRequestLine),
    (" GET / HTTP/1.1", .malformedRequestLine),
    ("GET\t/ HTTP/1.1", .malformedRequestLine),
    ("G(T / HTTP/1.1", .malformedRequestLine),
    ("GET / http/1.1", .malformedRequestLine),
    ("GET / HTTP/11", .malformedRequestLine),
    ("GET / HTTP/1.x", .malformedRequestLine),
    ("GET / HTTP/1.10", .malformedRequestLine),
    ("GET / HTTP/2.0", .unsupportedVersion),
    ("PRI * HTTP/2.0", .unsupportedVersion),
    ("GET / HTTP/0.9", .unsupportedVersion),
    ("CONNECT a:443 HTTP/1.1", .malformedTarget),
    ("GET * HTTP/1.1", .malformedTarget),
    ("GET a HTTP/1.1", .malformedTarget),
    ("GET /a#b HTTP/1.1", .malformedTarget),
    ("GET /a?b#c HTTP/1.1", .malformedTarget),
    ("GET /\u{1} HTTP/1.1", .malformedTarget),
    ("GET /\0 HTTP/1.1", .malformedTarget),
    ("GET /ä HTTP/1.1", .malformedTarget),
    ("GET /?ä HTTP/1.1", .malformedTarget),
    ("GET /a\\b HTTP/1.1", .malformedTarget),
    ("GET /<a> HTTP/1.1", .malformedTarget),
    ("GET ftp://a/ HTTP/1.1", .malformedTarget),
    ("GET http:///a HTTP/1.1", .malformedTarget),
    ("GET http://u@a/ HTTP/1.1", .malformedTarget),
    ("GET /%2 HTTP/1.1", .malformedEncoding),
    ("GET /../etc/passwd HTTP/1.1", .pathEscapes),
  ]

  @Test(arguments: smuggling)
  func `what a proxy could understand differently`(text: String, code: Code) {
    #expect(read(text).error == code)
    #expect(read(text).requests.isEmpty)
    #expect(read(text, step: 1).error == code)
  }

  @Test(arguments: requestLines)
  func `a request line that is not exactly one`(line: String, code: Code) {
    #expect(read(Self.request(line)).error == code)
    #expect(read(Self.request(line), step: 1).error == code)
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n",
    "GET http://a/ HTTP/1.1\r\n\r\n",
  ])
  func `a host that is missing, repeated or malformed`(text: String) {
    #expect(read(text).error == .malformedHost)
  }

  static let chunks: [(String, Code)] = [
    ("\r\n", .malformedChunk), ("g\r\n", .malformedChunk), ("5 \r\nhello\r\n", .malformedChunk),
    ("-5\r\n", .malformedChunk), ("0x5\r\n", .malformedChunk), (";a\r\n", .malformedChunk),
    ("5;\0\r\n", .malformedChunk), ("5;a\rb\r\n", .malformedChunk), ("5\nhello\r\n", .bareLineEnd),
    ("5\r\nhello!\r\n", .malformedChunk), ("5\r\nhello\n", .malformedChunk),
    ("5\r\nhello\r!", .malformedChunk), ("0000000000000005\r\n", .malformedChunk),
    ("7fffffffffffffff\r\n", .malformedChunk), ("7ffffffffffffff\r\n", .bodyTooLarge),
    ("0\r\nA : b\r\n\r\n", .malformedHeader), ("0\r\n\n", .bareLineEnd),
    ("1;" + String(repeating: "x", count: 255) + "\r\n", .malformedChunk),
  ]

  @Test(arguments: chunks)
  func `chunks that are malformed or too large`(chunks: String, code: Code) {
    let text = Self.request("POST / HTTP/1.1", "Transfer-Encoding: chunked") + chunks
    #expect(read(text).error == code)
    #expect(read(text, step: 1).error == code)
  }

  @Test(arguments: [Int.max, 1])
  func `a line that is too long, before it looks at how the line ends`(step: Int) {
    let long = String(repeating: "x", count: 9000) + "\n"
    #expect(read("GET /" + long, step: step).error == .requestLineTooLong)
    let longer = String(repeating: "x", count: 33000) + "\n"
    #expect(read("GET / HTTP/1.1\r\nA: " + longer, step: step).error == .headersTooLarge)
    let chunked = Self.request("POST / HTTP/1.1", "Transfer-Encoding: chunked")
    #expect(read(chunked + "0;" + long, step: step).error == .malformedChunk)
  }

  @Test func `chunk extensions without end`() {
    let chunk = "1;" + String(repeating: "x", count: 254 - 1) + "\r\n.\r\n"
    let head = Self.request("POST / HTTP/1.1", "Transfer-Encoding: chunked")
    #expect(read(head + String(repeating: chunk, count: 32) + "0\r\n\r\n").error == nil)
    #expect(read(head + String(repeating: chunk, count: 33)).error == .malformedChunk)
  }

  @Test func `everything after an error, since nobody knows where a request begins`() throws {
    var parser = RequestParser()
    var input = ByteBuffer()
    input.append("\0")
    #expect(throws: HTTPError(.malformedRequestLine)) { _ = try parser.nextHead(&input) }
    input.removeAll()
    input.append(Self.request())
    #expect(throws: HTTPError(.malformedRequestLine)) { _ = try parser.nextHead(&input) }
  }
}

@Suite struct `The limits of a request` {
  private func padded(_ count: Int) -> String { String(repeating: "x", count: count) }

  private func lineRequest(length: Int) -> String {
    let line = "GET /" + padded(length - "GET / HTTP/1.1".utf8.count) + " HTTP/1.1"
    return "\(line)\r\nHost: a\r\n\r\n"
  }

  @Test(arguments: [Int.max, 1]) func `hold for the request line at 8 KiB`(step: Int) {
    #expect(read(lineRequest(length: 8192), step: step).error == nil)
    #expect(read(lineRequest(length: 8193), step: step).error == .requestLineTooLong)
    #expect(read("GET /" + padded(9000), step: step).error == .requestLineTooLong)
    #expect(HTTPError(.requestLineTooLong).status == .uriTooLong)
  }

  private func headerRequest(bytes: Int) -> String {
    let used = "Host: a\r\nA: \r\n".utf8.count
    return "GET / HTTP/1.1\r\nHost: a\r\nA: \(padded(bytes - used))\r\n\r\n"
  }

  @Test(arguments: [Int.max, 1]) func `hold for headers at 32 KiB`(step: Int) {
    #expect(read(headerRequest(bytes: 32768), step: step).error == nil)
    #expect(read(headerRequest(bytes: 32769), step: step).error == .headersTooLarge)
    #expect(read("GET / HTTP/1.1\r\nA: " + padded(33000), step: step).error == .headersTooLarge)
    #expect(HTTPError(.headersTooLarge).status == .requestHeaderFieldsTooLarge)
  }

  @Test(arguments: [Int.max, 1]) func `hold for headers at 100`(step: Int) {
    func request(_ count: Int) -> String {
      let fields = (1..<count).map { "H\($0):\r\n" }.joined()
      return "GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }
    #expect(read(request(100), step: step).error == nil)
    #expect(read(request(101), step: step).error == .headersTooLarge)
  }

  @Test func `hold for trailers as for headers`() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    let trailers = (1...100).map { "T\($0):\r\n" }.joined()
    #expect(read(head + trailers + "\r\n").requests.first?.trailers == 100)
    #expect(read(head + trailers + "T:\r\n\r\n").error == .headersTooLarge)
  }

  @Test(arguments: [
    ("10", 10, nil), ("10", 9, HTTPError.Code.bodyTooLarge),
    ("9223372036854775807", 10, .bodyTooLarge), ("99999999999999999999", 10, .bodyTooLarge),
    ("0000000000000000000000000000010", 10, nil),
  ])
  func `hold for a declared length before anything is read`(
    length: String, limit: Int, code: HTTPError.Code?
  ) {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n"
    #expect(read(Array(head.utf8), bodyLimit: limit).error == code)
  }

  @Test func `hold for a body of chunks, counted together`() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    let bytes = Array((head + "5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n").utf8)
    #expect(read(bytes, bodyLimit: 10).requests.first?.body == "helloworld")
    let reading = read(bytes, bodyLimit: 9)
    #expect(reading.error == .bodyTooLarge && reading.requests.isEmpty)
    #expect(read(bytes, step: 1, bodyLimit: 9).error == .bodyTooLarge)
  }

  @Test func `are 1 MiB of body when nothing else was said`() {
    func head(_ length: Int) -> String {
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n"
    }
    #expect(read(head(1 << 20)).error == nil)
    #expect(read(head(1 << 20 + 1)).error == .bodyTooLarge)
    #expect(HTTPError(.bodyTooLarge).status == .contentTooLarge)
  }
}

@Suite struct `A request head` {
  private func head(_ text: String) throws -> RequestHead? {
    var parser = RequestParser()
    var input = ByteBuffer()
    input.append(text)
    return try parser.nextHead(&input)
  }

  @Test(arguments: [
    ("1.1", "", true), ("1.1", "Connection: close\r\n", false),
    ("1.1", "Connection: x , CLOSE\r\n", false), ("1.0", "", false),
    ("1.0", "Connection: Keep-Alive\r\n", true),
    ("1.0", "Connection: keep-alive\r\nConnection: close\r\n", false), ("1.7", "", true),
  ])
  func `knows whether the connection goes on`(version: String, header: String, keeps: Bool) throws {
    let head = try head("GET / HTTP/\(version)\r\nHost: a\r\n\(header)\r\n")
    #expect(head?.keepsAlive == keeps)
  }

  @Test func `knows who waits for 100 Continue`() throws {
    let expect = "Expect: 100-Continue\r\n"
    let body = "Content-Length: 1\r\n"
    #expect(try head("PUT / HTTP/1.1\r\nHost: a\r\n\(expect)\(body)\r\n")?.expectsContinue == true)
    #expect(try head("PUT / HTTP/1.0\r\nHost: a\r\n\(expect)\(body)\r\n")?.expectsContinue == false)
    #expect(try head("PUT / HTTP/1.1\r\nHost: a\r\n\(expect)\r\n")?.expectsContinue == false)
    #expect(throws: HTTPError(.unmetExpectation)) {
      try head("PUT / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\(body)\r\n")
    }
    #expect(HTTPError(.unmetExpectation).status == .expectationFailed)
  }

  @Test func `knows who wants to upgrade, and to what`() throws {
    let upgrade = try head(
      "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c, WebSocket\r\n\r\n"
    )
    #expect(upgrade?.wantsUpgrade == true)
    #expect(upgrade?.headers.contains(.upgrade, element: "websocket") == true)
    #expect(upgrade?.headers.contains(.upgrade, element: "web") == false)
    let hopeful = try head("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n")
    #expect(hopeful?.wantsUpgrade == false)
    let old = try head("GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
    #expect(old?.wantsUpgrade == false)
  }

  @Test func `finds headers in any case and joins those of one name`() throws {
    let head = try head(
      "GET / HTTP/1.1\r\nHost: a\r\nACCEPT: x\r\naccept:  y, z \r\nempty:\r\nUtf: \u{5F20}\r\n\r\n")
    let headers = try #require(head?.headers)
    #expect(headers[.accept] == "x" && headers["Accept"] == "x")
    #expect(headers.values(of: .accept) == ["x", "y, z"])
    #expect(headers.list(.accept) == "x, y, z" && headers.count(of: .accept) == 2)
    #expect(headers["EMPTY"] == "" && headers["Utf"] == "\u{5F20}")
    #expect(headers["nothing"] == nil && headers.list(.range) == nil)
    #expect(headers.count == 5)
  }

  @Test func `takes the host of an absolute target over that of the field`() throws {
    let head = try head("GET HTTPS://B.example:1/x?y HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(head?.host == "B.example:1" && head?.path == "/x")
    let bare = try self.head("GET http://b?y HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(bare?.host == "b" && bare?.path == "/")
    #expect(bare.map { String($0.queryBytes) } == "y")
  }

  @Test func `can ask about the whole server`() throws {
    let head = try head("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(head?.isAsterisk == true && head?.path == "*")
  }

  @Test func `may come behind one empty line, not two`() throws {
    #expect(try head("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")?.path == "/")
    #expect(throws: HTTPError(.malformedRequestLine)) {
      try head("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
    }
  }
}
