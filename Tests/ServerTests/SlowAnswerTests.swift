import Bytes
import Glibc
import Loop
import Rig
import Testing

@testable import HubCore

/// Peers that ask and do not take the answer, or take it slowly, or are gone when it comes.
@Suite(.timeLimit(.minutes(3))) struct SlowAnswerTests {
  private static func page(_ bytes: Int) -> (path: String, asset: StaticAsset) {
    let asset = StaticAsset(
      bytes: [UInt8](repeating: 7, count: bytes), contentType: "application/octet-stream",
      entityTag: "\"v\"", cacheControl: "no-cache")
    return ("/page", asset)
  }

  /// Bytes of answers that wait in the server, and whether the kernel has no room for more.
  private func owed(_ server: TestServer) async -> (bytes: Int, isWaiting: Bool) {
    await server.server.workers[0].owed
  }

  @Test func `who asks on and on and reads nothing is answered as far as there is room`()
    async throws
  {
    let length = 100_000
    try await TestServer.run(workers: 1, assets: [SlowAnswerTests.page(length)]) { server in
      let wire = try await server.wire()
      await wire.stopReading()
      let count = 300
      let requests = Array(String(repeating: Wire.request("GET", "/page"), count: count).utf8)
      try await wire.send(requests)
      try await server.until { await owed(server).isWaiting }
      for _ in 0..<20 { await server.settle() }
      #expect(await owed(server).bytes < 1 << 20)
      await wire.startReading()
      for _ in 0..<count { #expect(try await wire.reply().body.count == length) }
      #expect(try await wire.call("GET", "/lab/hello").text == "hello")
    }
  }

  @Test func `a long answer that is taken slowly comes whole, though it is the last`() async throws
  {
    let length = 32 << 20
    let time = ManualTime()
    try await TestServer.run(workers: 1, time: time, assets: [SlowAnswerTests.page(length)]) {
      server in
      let wire = try await server.wire()
      await wire.stopReading()
      try await wire.send(Wire.request("GET", "/page", headers: [("Connection", "close")]))
      try await server.until { await owed(server).isWaiting }
      for _ in 1...4 {
        // Less than the five seconds that a line has to close, but many times.
        await server.pass(3)
        let before = await wire.waiting.count
        await wire.startReading()
        try await server.until { await wire.waiting.count > min(before + 1 << 20, length) }
        await wire.stopReading()
      }
      await wire.startReading()
      #expect(try await wire.reply().body.count == length)
      #expect(try await wire.rest().isEmpty)
    }
  }

  @Test func `a long answer that is not taken is given up`() async throws {
    let time = ManualTime()
    try await TestServer.run(workers: 1, time: time, assets: [SlowAnswerTests.page(32 << 20)]) {
      server in
      let wire = try await server.wire()
      await wire.stopReading()
      try await wire.send(Wire.request("GET", "/page", headers: [("Connection", "close")]))
      try await server.until { await owed(server).isWaiting }
      await server.pass(12)
      #expect(await server.server.statistics().connections == 0)
    }
  }

  /// A server whose file is so many zeros.
  private func withFile(_ length: Int, _ body: (TestServer) async throws -> Void) async throws {
    let folder = TestServer.folder()
    let path = "\(folder)/file.bin"
    let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
    #expect(ftruncate(descriptor, length) == 0)
    close(descriptor)
    defer {
      unlink(path)
      rmdir(folder)
    }
    try await TestServer.run(workers: 1, time: ManualTime(), file: path, body)
  }

  @Test func `a file that is not taken is given up after the idle time`() async throws {
    try await withFile(64 << 20) { server in
      let wire = try await server.wire()
      await wire.stopReading()
      try await wire.send(Wire.request("GET", "/lab/file"))
      try await server.until { await owed(server).isWaiting }
      await server.pass(50)
      #expect(await server.server.statistics().connections == 1)
      await server.pass(80)
      #expect(await server.server.statistics().connections == 0)
    }
  }

  @Test func `a file that is taken slowly is nothing but itself`() async throws {
    let length = 64 << 20
    try await withFile(length) { server in
      let wire = try await server.wire()
      await wire.stopReading()
      try await wire.send(Wire.request("GET", "/lab/file"))
      try await server.until { await owed(server).isWaiting }
      // Longer than a handler may take: it has done its work.
      await server.pass(20)
      await wire.startReading()
      let reply = try await wire.reply()
      #expect(reply.status == 200)
      #expect(reply.body == [UInt8](repeating: 0, count: length))
      #expect(try await wire.call("GET", "/lab/hello").text == "hello")
    }
  }

  @Test(arguments: [10, 32 << 20])
  func `who has ended its side is still answered what it asked for`(length: Int) async throws {
    try await TestServer.run(workers: 1, assets: [SlowAnswerTests.page(length)]) { server in
      let wire = try await server.wire()
      await wire.stopReading()
      try await wire.sendLast(Wire.request("GET", "/page"))
      if length > 1 << 20 { try await server.until { await owed(server).isWaiting } }
      await server.settle()
      await wire.startReading()
      #expect(try await wire.reply().body.count == length)
      #expect(try await wire.rest().isEmpty)
      try await server.until { await server.server.statistics().connections == 0 }
    }
  }

  @Test func `requests sent ahead of the end are all answered`() async throws {
    try await TestServer.run(workers: 1) { server in
      // The end comes while a handler works, and while there is more to be sent than may wait.
      for (first, rest) in [("/lab/later/30", ""), ("/lab/large", "GET /lab/he")] {
        let wire = try await server.wire()
        let ahead = String(repeating: Wire.request("GET", "/lab/large"), count: 300)
        try await wire.sendLast(Wire.request("GET", first) + ahead + rest)
        for _ in 0...300 { #expect(try await wire.reply().status == 200) }
        #expect(try await wire.rest().isEmpty)
      }
    }
  }

  @Test func `a line that breaks while nobody reads it is noticed`() async throws {
    let time = ManualTime()
    try await TestServer.run(workers: 1, time: time) { server in
      let wire = try await server.wire()
      let ahead = String(repeating: Wire.request("GET", "/lab/hello"), count: 4000)
      try await wire.send(Wire.request("GET", "/lab/later/60000") + ahead)
      try await server.until { await server.server.workers[0].isDeafToSomebody }
      await wire.reset()
      try await server.until { await server.server.statistics().connections == 0 }
    }
  }
}

extension Worker {
  fileprivate var owed: (bytes: Int, isWaiting: Bool) {
    let all = transport.all
    return (
      all.reduce(0) { $0 + $1.sendQueue.bytes + $1.unsent.count },
      all.contains { $0.isWaitingToWrite }
    )
  }

  fileprivate var isDeafToSomebody: Bool { transport.all.contains { !$0.isReading } }
}
