import Bytes
import Deflate
import HubCore
import JSON
import Loop
import PluginKit
import Rig
import Testing

/// Peers that mean no good: the server answers afterwards, and holds nothing of them.
@Suite(.timeLimit(.minutes(3))) struct HostileTests {
  /// Others are served, and all that is left is their line.
  private func isWell(_ server: TestServer) async throws {
    let wire = try await server.wire()
    #expect(try await wire.call("GET", "/lab/hello").text == "hello")
    for _ in 0..<500 where await server.server.statistics().connections > 1 {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(await server.server.statistics().connections == 1)
  }

  @Test(arguments: TestServer.workers)
  func `lines that open and vanish leave nothing behind`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      for number in 0..<200 {
        let wire = try await Wire.connect(server.address, encrypted: false)
        if number % 3 == 0 { try await wire.send([22, 3, 1]) }
        if number % 2 == 0 { await wire.reset() } else { await wire.drop() }
      }
      try await isWell(server)
    }
  }

  @Test func `a compression bomb is closed with 1009`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.wire()
      try await wire.upgrade(
        "/ws", headers: [("Sec-WebSocket-Extensions", "permessage-deflate")])
      var bomb = ByteBuffer()
      var deflater = Deflater()
      let spaces = [UInt8](repeating: 0x20, count: 4 << 20)
      deflater.deflate(spaces.span, windowBits: 15, into: &bomb)
      try await wire.send(Wire.frame(1, [UInt8](bomb), isCompressed: true))
      #expect(try await wire.closeCode() == 1009)
      await wire.drop()
      try await isWell(server)
    }
  }

  @Test func `a peer that pings on and on and reads nothing is not heard any more`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.client()
      await wire.stopReading()
      let pings = [[UInt8]](
        repeating: Wire.frame(9, [UInt8](repeating: 7, count: 125)), count: 2000)
      for _ in 0..<40 { try await wire.send(Array(pings.joined())) }
      await server.settle()
      await wire.drop()
      try await isWell(server)
    }
  }
}
