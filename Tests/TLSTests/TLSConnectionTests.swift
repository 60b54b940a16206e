import Bytes
import Testing

@testable import TLS

@Suite struct `A TLS connection` {
  let certificates = TestCertificates()

  private func contexts() throws -> (TLSContext, TLSContext) {
    (try .server([certificates.make("a")]), try .client(trusting: .anyone))
  }

  @Test func `carries bytes both ways`() throws {
    let (server, client) = try contexts()
    let link = try Link(server, client)
    try link.settle()
    try link.sendToServer(Array("ping".utf8))
    try link.sendToClient(Array("pong".utf8))
    try link.settle()
    #expect(link.takeAtServer() == Array("ping".utf8))
    #expect(link.takeAtClient() == Array("pong".utf8))
  }

  @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "P", "OPTIONS * HTTP/1.1\r\n"])
  func `recognises plain HTTP by its first byte`(_ request: String) throws {
    var server = try TLSConnection(accepting: contexts().0)
    var plaintext = ByteBuffer()
    var reply = ByteBuffer()
    let bytes = Array(request.utf8)
    do {
      _ = try server.open(bytes.span, plaintext: &plaintext, reply: &reply)
      Issue.record("was taken for TLS")
    } catch { #expect(error.code == .plainHTTP) }
    let written = plaintext.count + reply.count
    #expect(written == 0)
  }
}
