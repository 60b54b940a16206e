import Bytes
import Testing

@testable import TLS

@Suite(.enabled(if: OpenSSLProcess.isInstalled))
struct `Together with the openssl program` {
  let certificates = TestCertificates()

  /// Receives once and answers what must be answered.
  private func step(
    _ socket: BlockingSocket, _ end: inout TLSConnection, _ plaintext: inout ByteBuffer
  ) throws -> TLSProgress {
    let received = try socket.receive()
    guard !received.isEmpty else { throw BlockingSocket.Failed() }
    var reply = ByteBuffer()
    let progress = try end.open(received.span, plaintext: &plaintext, reply: &reply)
    if !reply.isEmpty { try socket.send([UInt8](reply)) }
    return progress
  }

  /// Goes on until so many bytes have come.
  private func receive(
    _ count: Int, _ socket: BlockingSocket, _ end: inout TLSConnection
  ) throws -> String {
    var plaintext = ByteBuffer()
    while plaintext.count < count { _ = try step(socket, &end, &plaintext) }
    return String(plaintext)
  }

  private func say(
    _ text: String, _ socket: BlockingSocket, _ end: inout TLSConnection
  ) throws {
    var output = ByteBuffer()
    let bytes = Array(text.utf8)
    try end.seal(bytes.span, into: &output)
    try socket.send([UInt8](output))
  }

  @Test(
    arguments: [true, false],
    [
      "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
      "ECDHE-ECDSA-CHACHA20-POLY1305",
    ])
  func `serves s_client with key updates both ways and a goodbye`(
    _ own: Bool, _ suite: String
  ) throws {
    let pair = try certificates.make("a")
    var options = TLSOptions()
    options.ownsRecords = own
    let isNew = suite.hasPrefix("TLS_")
    let (listener, port) = try BlockingSocket.listening()
    let client = try OpenSSLProcess(
      ["s_client", "-connect", "127.0.0.1:\(port)", "-servername", "localhost", "-CAfile"]
        + [pair.certificatePath, "-verify_return_error", "-alpn", "http/1.1"]
        + (isNew ? ["-ciphersuites", suite] : ["-tls1_2", "-cipher", suite]))
    let socket = try listener.accepted()
    var server = try TLSConnection(accepting: .server([pair], options: options))
    client.type("first")
    #expect(try receive(6, socket, &server) == "first\n")
    let facts = server.facts
    #expect(facts?.applicationProtocol == "http/1.1" && facts?.serverName == "localhost")
    let owns = server.ownsRecords
    #expect(owns == (own && isNew))
    try say("answer one\n", socket, &server)
    try client.expect("answer one")
    if isNew {
      for (command, word) in [("k", "second"), ("K", "third"), ("K", "fourth")] {
        client.type(command)
        try client.expect("KEYUPDATE")
        client.type(word)
        #expect(try receive(word.utf8.count + 1, socket, &server) == "\(word)\n")
        try say("answer \(word)\n", socket, &server)
        try client.expect("answer \(word)")
      }
    }
    client.type("Q")
    var rest = ByteBuffer()
    #expect(try step(socket, &server, &rest) == .closed)
  }

  @Test(
    arguments: [
      ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"],
      ["-tls1_2", "-cipher", "AES128-GCM-SHA256:AES256-GCM-SHA384"],
      ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA"],
      ["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"], ["-tls1_3", "-groups", "P-521"],
    ])
  func `refuses what is older or weaker`(_ wish: [String]) throws {
    let pairs = [try certificates.make("a"), try certificates.make("b", .rsa)]
    let (listener, port) = try BlockingSocket.listening()
    let client = try OpenSSLProcess(["s_client", "-connect", "127.0.0.1:\(port)"] + wish)
    let socket = try listener.accepted()
    var server = try TLSConnection(accepting: .server(pairs))
    var plaintext = ByteBuffer()
    #expect(failure { _ = try step(socket, &server, &plaintext) }?.code == .handshake)
    _ = client
  }

  @Test func `refuses to renegotiate`() throws {
    let pair = try certificates.make("a")
    let (listener, port) = try BlockingSocket.listening()
    let client = try OpenSSLProcess(["s_client", "-connect", "127.0.0.1:\(port)", "-tls1_2"])
    let socket = try listener.accepted()
    var server = try TLSConnection(accepting: .server([pair]))
    var plaintext = ByteBuffer()
    while !server.isEstablished { _ = try step(socket, &server, &plaintext) }
    client.type("R")
    _ = try step(socket, &server, &plaintext)
    try client.expect("no renegotiation")
  }

  @Test(arguments: [true, false])
  func `talks to s_server, which pads its records and sends four tickets`(_ own: Bool) throws {
    let pair = try certificates.make("a")
    var options = TLSOptions()
    options.ownsRecords = own
    let server = try OpenSSLProcess([
      "s_server", "-accept", "127.0.0.1:0", "-cert", pair.certificatePath, "-key", pair.keyPath,
      "-rev", "-record_padding", "512", "-num_tickets", "4", "-naccept", "1",
    ])
    try server.expect("ACCEPT 127.0.0.1:")
    let line = try server.expect("\n")
    let port = try #require(UInt16(line.dropLast()))
    let socket = try BlockingSocket.connected(to: port)
    var client = try TLSConnection(
      connecting: .client(trusting: .file(pair.certificatePath), options: options),
      to: "localhost")
    var hello = ByteBuffer()
    try client.start(reply: &hello)
    try socket.send([UInt8](hello))
    var nothing = ByteBuffer()
    while !client.isEstablished { _ = try step(socket, &client, &nothing) }
    for (text, reversed) in [("stressed", "desserts"), ("drawer", "reward"), ("abc", "cba")] {
      try say("\(text)\n", socket, &client)
      #expect(try receive(text.utf8.count + 1, socket, &client) == "\(reversed)\n")
    }
  }
}
