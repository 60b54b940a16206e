import Bytes
import Deflate
import JSON
import Rig
import Testing

@testable import HubCore

/// Clients that send more than can be dealt with while something of theirs takes its time.
@Suite(.timeLimit(.minutes(3))) struct BacklogTests {
  private func framesIn(_ server: TestServer) async -> Int {
    await server.server.statistics().counters["websocket_messages_received_total"] ?? 0
  }

  @Test(arguments: TestServer.workers)
  func `what comes while a client waits is done later, all of it and in order`(
    workers: Int
  ) async throws {
    try await TestServer.run(workers: workers) { server in
      let client = try await server.client()
      try await client.say(["type": "subscribe", "id": 0, "topic": "lab.gated.a"])
      let before = await framesIn(server)
      let count = 500
      let asked = (1...count).flatMap { number in
        Wire.frame(1, Array(#"{"type":"status","id":\#(number)}"#.utf8))
      }
      try await client.send(asked)
      try await server.until { await server.deafTo > 0 }
      #expect(await framesIn(server) - before < 100)
      let gate = try await server.client()
      try await gate.subscribe("lab.room.gate")
      var answered: [Int] = []
      while answered.count <= count {
        if let number = try await client.hear()["re"]?.int { answered.append(number) }
      }
      #expect(answered == Array(0...count))
      #expect(await server.deafTo == 0)
    }
  }

  @Test func `bombs wait as they came, and not as what they would become`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.wire()
      try await wire.upgrade(
        "/lab/line?name=li", headers: [("Sec-WebSocket-Extensions", "permessage-deflate")])
      #expect(try await wire.frame().text == "HI li")
      try await wire.say("HANG")
      var bomb = ByteBuffer()
      var deflater = Deflater()
      deflater.deflate([UInt8](repeating: 0x20, count: 600 << 10).span, into: &bomb)
      let frame = Wire.frame(1, [UInt8](bomb), isCompressed: true)
      let before = await framesIn(server)
      try await wire.send(Array([[UInt8]](repeating: frame, count: 250).joined()))
      try await server.until { await server.deafTo > 0 }
      #expect(await framesIn(server) - before < 5)
    }
  }
}

extension TestServer {
  /// How many clients are not heard now.
  fileprivate var deafTo: Int {
    get async {
      var count = 0
      for worker in server.workers { count += await worker.deafTo }
      return count
    }
  }
}

extension Worker {
  fileprivate var deafTo: Int { transport.all.count { !$0.isReading } }
}
