import HubCore
import JSON
import Loop
import PluginKit
import Rig
import Testing
import WebSocket

/// The upgrade and the frames below protocol 2.
@Suite(.timeLimit(.minutes(3))) struct WebSocketOverTLSTests {
  private func status(_ server: TestServer, _ headers: [(String, String)]) async throws -> Reply {
    try await server.wire().call("GET", "/ws", headers: headers)
  }

  @Test func `handshakes that are none are refused with the fitting status`() async throws {
    try await TestServer.run(workers: 1) { server in
      #expect(try await status(server, []).status == 400)
      var old = Wire.upgrade
      old[2].1 = "8"
      let refusal = try await status(server, old)
      #expect(refusal.status == 426)
      #expect(refusal["Sec-WebSocket-Version"] == "13")
      var short = Wire.upgrade
      short[3].1 = "AAAA"
      #expect(try await status(server, short).status == 400)
      let strange = Wire.upgrade + [("Origin", "https://elsewhere.example")]
      #expect(try await status(server, strange).status == 403)
      let nowhere = try await server.wire().call("GET", "/nowhere", headers: Wire.upgrade)
      #expect(nowhere.status == 404)
    }
  }

  @Test(arguments: ["/ws", "/echo", "/lab/line?name=ada"])
  func `frames in the segment of the upgrade are answered after the 101`(path: String) async throws
  {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.wire()
      let request = Array(Wire.request("GET", path, headers: Wire.upgrade).utf8)
      try await wire.send(request + Wire.frame(9, Array("early".utf8)))
      #expect(try await wire.reply().status == 101)
      if path.hasPrefix("/lab") { #expect(try await wire.frame().text == "HI ada") }
      let pong = try await wire.frame()
      #expect(pong.opcode == 10 && pong.text == "early")
    }
  }

  @Test func `the answer proves the key and agrees on the subprotocol`() async throws {
    try await TestServer.run(workers: 1) { server in
      let offer = [("Sec-WebSocket-Protocol", "other, muster.v2")]
      let reply = try await status(server, Wire.upgrade + offer)
      #expect(reply.status == 101)
      // RFC 6455, 1.3 has this pair.
      #expect(reply["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
      #expect(reply["Sec-WebSocket-Protocol"] == "muster.v2")
      #expect(reply["Sec-WebSocket-Extensions"] == nil)
    }
  }

  @Test(arguments: [1000, 1001, 3000, 4999])
  func `a close frame is answered with its code, then the line ends`(code: Int) async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.client()
      try await wire.sendClose(code)
      #expect(try await wire.closeCode() == code)
      #expect(try await wire.rest().isEmpty)
    }
  }

  @Test func `a ping is answered with its payload`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.client()
      try await wire.send(Wire.frame(9, [1, 2, 3]))
      let pong = try await wire.frame()
      #expect(pong.opcode == 10)
      #expect(pong.payload == [1, 2, 3])
    }
  }

  /// Bytes of a client that are against RFC 6455, and what they are closed with.
  static let faults: [([UInt8], Int)] = [
    ([0x81, 0x01, 0x41], 1002),  // not masked
    (Wire.frame(3, []), 1002),  // no such opcode
    (Wire.frame(0, [0x41]), 1002),  // nothing to continue
    (Wire.frame(9, [], isFinal: false), 1002),  // a control frame in pieces
    (Wire.frame(9, [UInt8](repeating: 1, count: 126)), 1002),  // a long control frame
    (Wire.frame(1, [0x41], isCompressed: true), 1002),  // compression nobody agreed on
    (Wire.frame(8, [3, 237]), 1002),  // 1005 is never on the wire
    (Wire.frame(8, [3]), 1002),  // half a code
    (Wire.frame(1, [0xC3, 0x28]), 1007),  // no UTF-8
    (Wire.frame(2, [1]), 1003),  // bytes for a hub of texts
    (Wire.frame(1, [UInt8](repeating: 0x20, count: 65_537)), 1009),  // more than 64 KiB
    ([0x81, 0xFF, 0x7F, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0], 1009),  // 2^63 - 1
    ([0x81, 0xFF, 0xFF, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0], 1002),  // more than that
  ]

  @Test(arguments: faults)
  func `what the protocol forbids is closed with its code`(bytes: [UInt8], code: Int) async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.client()
      try await wire.send(bytes)
      #expect(try await wire.closeCode() == code)
    }
  }

  @Test func `a message in pieces is one message, with a ping in between`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.client()
      let text = Array(#"{"type":"ping","ts":77}"#.utf8)
      try await wire.send(Wire.frame(1, Array(text[..<9]), isFinal: false))
      try await wire.send(Wire.frame(9, []))
      #expect(try await wire.frame().opcode == 10)
      for byte in text[9..<20] { try await wire.send(Wire.frame(0, [byte], isFinal: false)) }
      try await wire.send(Wire.frame(0, Array(text[20...])))
      #expect(try await wire.hear()["data"]?["t"] == 77)
    }
  }

  @Test func `frames that come byte by byte are the same frames`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.client()
      for byte in Wire.frame(1, Array(#"{"type":"ping","ts":5}"#.utf8)) {
        try await wire.send([byte])
      }
      #expect(try await wire.hear()["data"]?["t"] == 5)
    }
  }

  @Test func `a peer that does not answer a close frame is cut off`() async throws {
    let time = ManualTime()
    try await TestServer.run(workers: 1, time: time) { server in
      let token = try await server.token(for: "li")
      let wire = try await server.client(token: token)
      #expect(await server.hub.disconnect("u1", .kicked) == 1)
      #expect(try await wire.closeCode() == 4003)
      await server.pass(4)
      #expect(await !wire.hasEnded)
      await server.pass(2)
      #expect(try await wire.rest().isEmpty)
    }
  }

  @Test func `compression is used where it pays, and is understood`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.wire()
      try await wire.upgrade(
        "/ws", headers: [("Sec-WebSocket-Extensions", "permessage-deflate")])
      try await wire.say(["type": "hello"])
      _ = try await wire.hear("welcome")
      try await wire.subscribe("lab.room.z")
      let text = String(repeating: "so be it. ", count: 200)
      try await wire.say(["type": "publish", "topic": "lab.room.z", "data": ["t": .string(text)]])
      let frame = try await wire.frame()
      #expect(frame.isCompressed)
      #expect(frame.payload.count < 500)
      try await wire.say(["type": "publish", "topic": "lab.room.z", "data": ["t": "short"]])
      let plain = try await wire.frame()
      #expect(!plain.isCompressed)
    }
  }
}
