import JSON
import Limits
import Loop
import PluginKit
import Rig
import Testing

@testable import HubCore

/// What a server takes into memory before it knows who sends, and altogether.
@Suite(.timeLimit(.minutes(3))) struct InputTests {
  private static let large = "Content-Length: 1000000\r\n"

  private func begin(
    _ wire: Wire, _ path: String, _ fields: String = large, body: Int = 0
  ) async throws {
    try await wire.send("POST \(path) HTTP/1.1\r\nHost: h\r\n\(fields)\r\n")
    if body > 0 { try await wire.send([UInt8](repeating: 32, count: body)) }
  }

  @Test(arguments: [
    large, "Transfer-Encoding: chunked\r\n", large + "Expect: 100-continue\r\n",
  ])
  func `a stranger is refused before the body`(fields: String) async throws {
    try await TestServer.run(workers: 1) { server async throws in
      let wire = try await server.wire()
      try await begin(wire, "/lab/private", fields)
      let reply = try await wire.reply()
      #expect(reply.status == 401)
      // The end of a body that nobody waits for is not sure.
      if fields != InputTests.large { #expect(reply["Connection"] == "close") }
    }
  }

  @Test func `a call for programs reads no body without a key`() async throws {
    try await TestServer.run(workers: 1) { server async throws in
      let wire = try await server.wire()
      try await begin(wire, "/api/v1/publish")
      #expect(try await wire.reply().status == 401)
      #expect(server.server.shared.transport.input.total < 100_000)
    }
  }

  @Test func `a call without a described body takes a short one`() async throws {
    try await TestServer.run(workers: 1) { server async throws in
      let wire = try await server.wire()
      let most = String(repeating: "x", count: 64 << 10)
      #expect(try await wire.call("POST", "/lab/short", body: most).text == "taken")
      #expect(try await wire.call("POST", "/lab/short", body: most + "x").status == 413)
    }
  }

  @Test func `the body of a stranger is not kept`() async throws {
    try await TestServer.run(workers: 1) { server async throws in
      let wire = try await server.wire()
      try await begin(wire, "/lab/private", body: 500_000)
      #expect(try await wire.reply().status == 401)
      try await wire.send([UInt8](repeating: 32, count: 400_000))
      await server.settle()
      #expect(server.server.shared.transport.input.total < 100_000)
    }
  }

  @Test func `a short body of a stranger is passed over and the line goes on`() async throws {
    try await TestServer.run(workers: 1) { server async throws in
      let wire = try await server.wire()
      #expect(try await wire.call("POST", "/lab/private", body: "GET / HTTP/1.1").status == 401)
      #expect(try await wire.call("GET", "/lab/hello").text == "hello")
    }
  }

  @Test func `an admitted caller is asked for the body`() async throws {
    try await TestServer.run(workers: 1) { server async throws in
      let wire = try await server.wire()
      let token = try await server.token(for: "tao")
      let fields = "token: \(token)\r\nContent-Length: 4\r\n"
      try await begin(wire, "/lab/private", fields + "Expect: 100-continue\r\n")
      #expect(try await wire.reply().status == 100)
      try await wire.send("body")
      #expect(try await wire.reply().text == "body")
      // What comes at once need not be asked for.
      try await wire.send(
        "POST /lab/private HTTP/1.1\r\nHost: h\r\n\(fields)Expect: 100-continue\r\n\r\nnext")
      #expect(try await wire.reply().text == "next")
    }
  }

  @Test func `a body that is whole before its sender closes is answered`() async throws {
    try await TestServer.run(workers: 1) { server async throws in
      let wire = try await server.wire()
      let token = try await server.token(for: "tao")
      try await wire.sendLast(
        Wire.request("POST", "/lab/private", headers: [("token", token)], body: "body"))
      #expect(try await wire.reply().text == "body")
    }
  }

  @Test func `bodies of all connections share one budget`() async throws {
    try await TestServer.run(workers: 4, limits: .with(\.inputBuffers, 1 << 20)) {
      server async throws in
      var wires: [Wire] = []
      for _ in 0..<4 {
        let wire = try await server.wire()
        wires.append(wire)
        try await begin(wire, "/lab/echo", body: 400_000)
        await server.settle()
      }
      var refused = 0
      try await server.until {
        refused = 0
        for wire in wires where await wire.hasReceived { refused += 1 }
        return refused > 0
      }
      for wire in wires where await wire.hasReceived {
        let reply = try await wire.reply()
        #expect(reply.status == 503)
        #expect(reply["Retry-After"] == "5")
        _ = try await wire.rest()
      }
      #expect(server.server.shared.transport.input.total <= 1 << 20)
      for wire in wires { await wire.drop() }
      try await server.until { server.server.shared.transport.input.total == 0 }
    }
  }

  @Test func `large bodies leave room for short requests`() async throws {
    try await TestServer.run(workers: 2, limits: .with(\.inputBuffers, 1 << 20)) {
      server async throws in
      var wires: [Wire] = []
      for _ in 0..<20 {
        let wire = try await server.wire()
        wires.append(wire)
        try await begin(wire, "/lab/echo", body: 90_000)
      }
      await server.settle()
      #expect(server.server.shared.transport.input.total > 1 << 17)
      #expect(server.server.shared.transport.input.total <= 1 << 18)
      // Heads that are short but not whole.
      for _ in 0..<5 {
        let wire = try await server.wire()
        wires.append(wire)
        try await wire.send("GET /lab/hello HTTP/1.1\r\nHost: h\r\n")
        await server.settle()
        try await wire.send("\r\n")
        #expect(try await wire.reply().text == "hello")
      }
      for wire in wires { await wire.drop() }
      try await server.until { server.server.shared.transport.input.total == 0 }
    }
  }

  @Test func `a request is charged until it is answered`() async throws {
    try await TestServer.run(workers: 1) { server async throws in
      let wire = try await server.wire()
      let text = String(repeating: "x", count: 300_000)
      #expect(try await wire.call("POST", "/lab/echo", body: text).text == text)
      try await server.until { server.server.shared.transport.input.total == 0 }
    }
  }

  @Test func `messages that never end share it too`() async throws {
    try await TestServer.run(workers: 1, limits: .with(\.inputBuffers, 100_000)) {
      server async throws in
      var wires: [Wire] = []
      for _ in 0..<3 {
        let wire = try await server.wire()
        wires.append(wire)
        try await wire.upgrade("/ws")
        try await wire.send(
          Wire.frame(1, [UInt8](repeating: 32, count: 40_000), isFinal: false))
        await server.settle()
      }
      var codes: [Int] = []
      try await server.until {
        for wire in wires where await wire.hasReceived {
          codes.append(try await wire.closeCode())
        }
        return !codes.isEmpty
      }
      #expect(codes.allSatisfy { $0 == 4101 })
      #expect(server.server.shared.transport.input.total <= 100_000)
    }
  }

  @Test func `a whole request is answered however much others hold`() async throws {
    try await TestServer.run(workers: 1) { server async throws in
      let wire = try await server.wire()
      let other = try await server.wire()
      server.server.shared.transport.input.add(.init(client: .unknown, before: 0, after: 1 << 30))
      #expect(try await wire.call("GET", "/lab/later/50").text == "after 50")
      try await other.send("GET /lab/later/50 HTTP/1.1\r\n")
      #expect(try await other.reply().status == 503)
    }
  }

  @Test func `a message has to come whole in the time for a request`() async throws {
    try await TestServer.run(
      workers: 1, time: ManualTime(), limits: .with(\.requestSeconds, 20)
    ) { server async throws in
      let wire = try await server.client("s_slow")
      try await wire.send(Wire.frame(1, Array("{".utf8), isFinal: false))
      await server.settle()
      for _ in 0..<4 {
        await server.pass(4)
        try await wire.send(Wire.frame(0, Array(" ".utf8), isFinal: false))
        await server.settle()
      }
      #expect(await !wire.hasEnded)
      await server.pass(15)
      #expect(try await wire.closeCode() == 1008)
    }
  }

  @Test func `records that never end share it too`() async throws {
    try await TestServer.run(workers: 2, limits: .with(\.inputBuffers, 100_000)) {
      server async throws in
      var wires: [Wire] = []
      for number in 0..<6 {
        let wire = try await server.wire()
        wires.append(wire)
        if number % 2 == 0 { try await wire.upgrade("/ws") }
        try await wire.sendBeginning(of: [UInt8](repeating: 32, count: 16_000), bytes: 12_000)
        await server.settle()
      }
      var refused = 0
      try await server.until {
        refused = 0
        for wire in wires where await wire.hasReceived { refused += 1 }
        return refused >= 3
      }
      #expect(refused == 3)
      #expect((30_000...37_500).contains(server.server.shared.transport.input.total))
      for wire in wires { await wire.drop() }
      try await server.until { server.server.shared.transport.input.total == 0 }
    }
  }

  @Test func `handshakes that never end share it too`() async throws {
    try await TestServer.run(workers: 2, limits: .with(\.inputBuffers, 100_000)) {
      server async throws in
      // A hello that is announced with as much as OpenSSL takes, and a piece of it.
      let hello = [22, 3, 1, 64, 0, 1, 1, 255, 0] + [UInt8](repeating: 3, count: 11_991)
      var wires: [Wire] = []
      for _ in 0..<6 {
        let wire = try await Wire.connect(server.address, encrypted: false)
        wires.append(wire)
        try await wire.send(hello)
        await server.settle()
      }
      var refused = 0
      try await server.until {
        refused = 0
        for wire in wires where await wire.hasEnded { refused += 1 }
        return refused >= 3
      }
      #expect(refused == 3)
      #expect(server.server.shared.transport.input.total == 36_000)
      for wire in wires { await wire.drop() }
      try await server.until { server.server.shared.transport.input.total == 0 }
    }
  }

  @Test func `clients share one budget, and each has its share`() async throws {
    let trusted = try #require(Network("127.0.0.1"))
    func adjust(_ plan: inout HubServer.Plan) { plan.proxies = [trusted] }
    try await TestServer.run(
      workers: 2, limits: .with(\.inputBuffers, 100_000), adjusting: adjust
    ) { server async throws in
      var wires: [Wire] = []
      for client in 1...12 {
        let wire = try await server.wire()
        wires.append(wire)
        let forwarded = "X-Forwarded-For: 203.0.113.\(client)\r\n"
        try await begin(wire, "/lab/echo", InputTests.large + forwarded, body: 12_000)
        await server.settle()
      }
      try await server.until {
        for wire in wires where await wire.hasReceived { return true }
        return false
      }
      #expect(await !wires[0].hasReceived)
      #expect(server.server.shared.transport.input.total <= 100_000)
      for wire in wires { await wire.drop() }
      try await server.until { server.server.shared.transport.input.total == 0 }
    }
  }

  @Test func `without a budget nothing is refused`() async throws {
    try await TestServer.run(workers: 1, limits: .with(\.inputBuffers, 0)) {
      server async throws in
      let wire = try await server.wire()
      let text = String(repeating: "x", count: 900_000)
      #expect(try await wire.call("POST", "/lab/echo", body: text).text == text)
    }
  }
}
