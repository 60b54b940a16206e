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

  @Test(arguments: [1, 2, 3, 5, 7, 64])
  func `reads the same in pieces of any size`(step: Int) {
    #expect(read(Self.pipeline, step: step) == read(Self.pipeline))
  }
}
