import Bytes
import CAllocations
import HTTP
import Testing

@Suite(.enabled(if: allocations_are_counted())) struct `The path of a usual request` {
  static let browser = """
    GET /rooms/7/messages?before=120 HTTP/1.1\r
    Host: muster.example:8443\r
    Connection: keep-alive\r
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\r
    Accept: application/json, text/plain;q=0.9, */*;q=0.8\r
    Sec-Fetch-Site: same-origin\r
    Referer: https://muster.example:8443/chat\r
    Accept-Encoding: gzip, deflate, br, zstd\r
    Accept-Language: zh-CN,zh;q=0.9,en;q=0.8\r
    Cookie: token=9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b; theme=dark\r
    \r

    """

  /// How often `body` asks for memory in each of a hundred rounds after the first.
  private func allocations<Failure: Error>(
    _ body: () throws(Failure) -> Void
  ) throws(Failure) -> UInt64 {
    try body()
    let before = allocations_of_this_thread()
    for _ in 0..<100 { try body() }
    return (allocations_of_this_thread() - before) / 100
  }

  @Test func `takes memory twice for a head, for its bytes and for its index`() throws {
    let bytes = Array(Self.browser.utf8)
    var parser = RequestParser()
    var input = ByteBuffer(capacity: 4096)
    var body = ByteBuffer()
    var fields = 0
    let counted = try allocations { () throws(HTTPError) in
      input.append(bytes)
      let head = try parser.nextHead(&input)
      fields += head?.headers.count ?? 0
      _ = try parser.readBody(&input, into: &body)
    }
    #expect(counted == 2 && fields == 101 * 9)
  }

  @Test func `takes no memory to be routed and answered`() throws {
    var trie = RouteTrie<Int>()
    for pattern in ["/", "/rooms", "/rooms/:id", "/rooms/:id/messages", "/files/*rest"] {
      try trie.add(.get, pattern, 0)
    }
    var parser = RequestParser()
    var input = ByteBuffer()
    input.append(Self.browser)
    let head = try #require(try parser.nextHead(&input))
    var headers = Headers()
    try headers.append(.contentType, "application/json")
    var encoder = ResponseEncoder(strictTransportSecurity: 3600)
    encoder.setDate(unixSeconds: 784_111_777)
    var output = ByteBuffer(capacity: 4096)
    var found = 0
    let answer = Array("{}".utf8)
    let counted = allocations {
      guard case .found(let match) = trie.match(head.method, head.pathBytes),
        head.headers.accepts(encoding: "gzip")
      else { return }
      found += match.route
      output.removeAll()
      encoder.append(.ok, headers, body: answer.span, for: ResponseContext(head), into: &output)
    }
    #expect(counted == 0 && found == 101 * 3)
  }
}
