import Bytes
import Testing

@testable import HTTP

@Suite struct `A response encoder` {
  private func encode(
    _ status: Status, _ headers: Headers = Headers(), body: BodyLength,
    for context: ResponseContext = ResponseContext(), hsts: Int? = nil
  ) -> (text: String, plan: ResponsePlan) {
    var encoder = ResponseEncoder(strictTransportSecurity: hsts)
    encoder.setDate(unixSeconds: 784_111_777)
    var buffer = ByteBuffer()
    let plan = encoder.appendHead(status, headers, body: body, for: context, into: &buffer)
    return (String(buffer), plan)
  }

  @Test func `writes a whole answer`() throws {
    var headers = Headers()
    try headers.append(.contentType, "text/plain")
    var encoder = ResponseEncoder(strictTransportSecurity: 3600)
    encoder.setDate(unixSeconds: 784_111_777)
    var buffer = ByteBuffer()
    encoder.append(.ok, headers, body: "hello".utf8.span, for: ResponseContext(), into: &buffer)
    #expect(
      String(buffer) == """
        HTTP/1.1 200 OK\r
        Date: Sun, 06 Nov 1994 08:49:37 GMT\r
        Content-Length: 5\r
        Strict-Transport-Security: max-age=3600\r
        Content-Type: text/plain\r
        \r
        hello
        """)
  }

  @Test func `tells HEAD how long the body would be and leaves it out`() {
    let (text, plan) = encode(.ok, body: .bytes(12), for: ResponseContext(isHead: true))
    #expect(text.contains("Content-Length: 12\r\n"))
    #expect(plan == ResponsePlan(body: .omitted, closes: false))
  }

  @Test(arguments: [204, 304]) func `frames nothing where no body may be`(code: Int) {
    let (text, plan) = encode(Status(code), body: .bytes(12))
    #expect(!text.contains("Content-Length") && !text.contains("Transfer-Encoding"))
    #expect(plan == ResponsePlan(body: .omitted, closes: false))
  }

  @Test func `sends chunks to 1.1 and closes behind the body for 1.0`() {
    let (modern, plan) = encode(.ok, body: .chunked)
    #expect(modern.contains("Transfer-Encoding: chunked\r\n"))
    #expect(plan == ResponsePlan(body: .chunked, closes: false))
    let (old, oldPlan) = encode(.ok, body: .chunked, for: ResponseContext(version: .http10))
    #expect(!old.contains("Transfer-Encoding") && old.contains("Connection: close\r\n"))
    #expect(oldPlan == ResponsePlan(body: .plain, closes: true))
  }

  @Test func `says whether the connection goes on`() {
    #expect(!encode(.ok, body: .none).text.contains("Connection"))
    let closing = encode(.ok, body: .none, for: ResponseContext(keepsAlive: false))
    #expect(closing.text.contains("Connection: close\r\n") && closing.plan.closes)
    let old = encode(.ok, body: .none, for: ResponseContext(version: .http10))
    #expect(old.text.contains("Connection: keep-alive\r\n") && !old.plan.closes)
  }

  @Test func `names the field that offers another protocol`() throws {
    var headers = Headers()
    try headers.append(.upgrade, "websocket")
    let text = encode(.upgradeRequired, headers, body: .none).text
    #expect(text.hasPrefix("HTTP/1.1 426 Upgrade Required\r\n"))
    #expect(
      text.contains("\r\nConnection: upgrade\r\n") && text.contains("\r\nUpgrade: websocket\r\n"))
  }

  @Test func `does not let a handler contradict the framing`() throws {
    var headers = Headers()
    try headers.append("content-LENGTH", "4711")
    try headers.append(.transferEncoding, "chunked")
    try headers.append(.connection, "close")
    try headers.append(.date, "today")
    let text = encode(.ok, headers, body: .bytes(1)).text
    #expect(!text.contains("4711") && !text.contains("chunked"))
    #expect(!text.contains("close") && !text.contains("today"))
  }

  @Test(arguments: ["a\r\nSet-Cookie: x=y", "a\nb", "a\rb", "a\0b", "\u{7F}"])
  func `refuses a value that would begin another line`(value: String) {
    var headers = Headers()
    #expect(throws: HTTPError(.unsafeHeader)) { try headers.append(.location, value) }
    #expect(throws: HTTPError(.unsafeHeader)) { try headers.append(value, "x") }
    #expect(headers.isEmpty)
  }

  @Test func `writes chunks whose sizes are hexadecimal`() {
    var buffer = ByteBuffer()
    for size in [1, 15, 16, 0, 255, 4096] {
      let piece = [UInt8](repeating: UInt8(ascii: "."), count: size)
      ResponseEncoder.appendChunk(piece.span, into: &buffer)
    }
    ResponseEncoder.appendLastChunk(into: &buffer)
    let lines = String(buffer).split(separator: "\r\n").filter { !$0.hasPrefix(".") }
    #expect(lines == ["1", "f", "10", "ff", "1000", "0"])
  }

  @Test func `writes the switch to another protocol`() throws {
    var headers = Headers()
    try headers.append(.secWebSocketAccept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    var buffer = ByteBuffer()
    ResponseEncoder(strictTransportSecurity: 1)
      .appendUpgrade(to: "websocket", headers, into: &buffer)
    #expect(
      String(buffer) == """
        HTTP/1.1 101 Switching Protocols\r
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
        \r

        """)
  }
}
