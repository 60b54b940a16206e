import Bytes
import Deflate
import Rig
import Testing

/// What peers do that mean no good.
enum Attacks {
  /// How far a peer comes before it stops behaving.
  enum Stage: Int, CaseIterable, Sendable {
    case handshake, head, body, frame
  }

  /// A TLS record that announces a hello of 508 bytes.
  private static let hello: [UInt8] = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]

  /// A line that has come to a stage, with the beginning of something sent.
  static func begin(_ stage: Stage, _ server: RealServer) async throws -> Wire {
    let wire = try await Wire.connect(server.address, encrypted: stage != .handshake)
    switch stage {
    case .handshake: try await wire.send(hello)
    case .head: try await wire.send("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    case .body:
      try await wire.send(
        "POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
          + "Content-Type: application/x-www-form-urlencoded\r\n\r\n")
    case .frame:
      try await wire.upgrade("/echo")
      // A text of 1000 bytes, unmasked by zeros, of which nothing has come yet.
      try await wire.send([0x81, 0x80 | 126, 0x03, 0xE8, 0, 0, 0, 0])
    }
    return wire
  }

  /// Many at every stage, a byte at a time. All but frames, whose every byte is a sign of life,
  /// have to be whole in time.
  static func drip(_ server: RealServer) async throws {
    let each = Trial.pick(short: 25, long: 200)
    try await withThrowingTaskGroup { group in
      for stage in Stage.allCases {
        for _ in 0..<each {
          group.addTask {
            let wire = try await begin(stage, server)
            await drip(on: wire, stage)
            if Trial.isLong { #expect(await wire.hasEnded == (stage != .frame)) }
            await wire.drop()
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private static func drip(on wire: Wire, _ stage: Stage) async {
    // The server takes 30 s for a body, and may look half a minute later.
    let end = ContinuousClock.now + .seconds(Trial.pick(short: 2, long: 40))
    while await !wire.hasEnded, ContinuousClock.now < end {
      do {
        try await wire.send([UInt8(ascii: "a")])
        try await Task.sleep(for: .milliseconds(100))
      } catch {
        // The server has had enough.
        return
      }
    }
  }

  /// 2,000 that are gone before they have said anything whole, by a reset or quietly.
  static func vanish(_ server: RealServer) async throws {
    let count = Trial.pick(short: 400, long: 2000)
    try await withThrowingTaskGroup { group in
      for worker in 0..<40 {
        group.addTask {
          for number in stride(from: worker, to: count, by: 40) { try await vanish(number, server) }
        }
      }
      try await group.waitForAll()
    }
  }

  private static func vanish(_ number: Int, _ server: RealServer) async throws {
    let wire: Wire
    if let stage = Stage(rawValue: number % 6) {
      wire = try await begin(stage, server)
    } else {
      // Nothing at all, or just the handshake.
      wire = try await Wire.connect(server.address, encrypted: number % 6 == 5)
    }
    if number % 4 < 2 { await wire.reset() } else { await wire.drop() }
  }

  /// A few kibibytes that are megabytes when unpacked.
  static func bombs(_ server: RealServer) async throws {
    var bomb = ByteBuffer()
    var deflater = Deflater()
    let spaces = [UInt8](repeating: 0x20, count: 8 << 20)
    deflater.deflate(spaces.span, windowBits: 15, into: &bomb)
    let bytes = Wire.frame(1, [UInt8](bomb), isCompressed: true)
    for _ in 0..<Trial.pick(short: 10, long: 100) {
      let wire = try await Wire.connect(server.address)
      try await wire.upgrade(
        "/ws", headers: [("Sec-WebSocket-Extensions", "permessage-deflate")])
      try await wire.send(bytes)
      #expect(try await wire.closeCode() == 1009)
      await wire.drop()
    }
  }

  /// More than any machine has.
  static func lengths(_ server: RealServer) async throws {
    let most: [UInt8] = [0x7F] + [UInt8](repeating: 0xFF, count: 7)
    for _ in 0..<Trial.pick(short: 10, long: 100) {
      let talker = try await Wire.connect(server.address)
      try await talker.upgrade("/ws")
      try await talker.send([0x81, 0x80 | 127] + most + [0, 0, 0, 0])
      #expect(try await talker.closeCode() == 1009)
      await talker.drop()
      let caller = try await Wire.connect(server.address)
      try await caller.send(
        "POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(Int64.max)\r\n\r\n")
      #expect(try await caller.reply().status == 413)
      await caller.drop()
    }
  }

  /// Pings of the WebSocket and of the protocol, by peers that read no answer.
  static func pings(_ server: RealServer) async throws {
    let control = Wire.frame(9, [UInt8](repeating: 7, count: 125))
    let text = Wire.frame(1, Array(#"{"type":"ping","ts":1}"#.utf8))
    let kinds: [(path: String, flood: [UInt8])] = [
      ("/echo", Array(repeatElement(control, count: 4000).joined())),
      ("/ws", Array(repeatElement(text, count: 4000).joined())),
    ]
    try await withThrowingTaskGroup { group in
      for _ in 0..<Trial.pick(short: 2, long: 10) {
        for (path, flood) in kinds {
          group.addTask { try await pour(flood, path, server) }
        }
      }
      try await group.waitForAll()
    }
  }

  /// The largest bodies that a call takes, all but their last piece.
  static func bodies(_ server: RealServer) async throws {
    let length = 8 << 20
    let piece = [UInt8](repeating: 0x20, count: 256 << 10)
    try await withThrowingTaskGroup { group in
      for _ in 0..<Trial.pick(short: 50, long: 200) {
        group.addTask {
          let wire = try await Wire.connect(server.address)
          try? await wire.send(
            "POST /adduser HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(length)\r\n\r\n")
          for _ in 1..<(length / piece.count) {
            while await wire.unsentBytes > 1 << 20 {
              try await Task.sleep(for: .milliseconds(5))
            }
            guard await !wire.hasEnded else { break }
            try? await wire.send(piece)
          }
          try await Task.sleep(for: .seconds(Trial.pick(short: 1, long: 5)))
          await wire.drop()
        }
      }
      try await group.waitForAll()
    }
  }

  /// Messages that come back, to peers that do not take them.
  static func neverRead(_ server: RealServer) async throws {
    let message = Wire.frame(2, [UInt8](repeating: 7, count: 512 << 10))
    try await withThrowingTaskGroup { group in
      for _ in 0..<Trial.pick(short: 5, long: 20) {
        group.addTask { try await pour(message, "/echo", server) }
      }
      try await group.waitForAll()
    }
  }

  /// Sends the same again and again for a while, and reads nothing.
  private static func pour(_ bytes: [UInt8], _ path: String, _ server: RealServer) async throws {
    let wire = try await Wire.connect(server.address, receiveBuffer: 16 << 10)
    try await wire.upgrade(path)
    await wire.stopReading()
    let end = ContinuousClock.now + .seconds(Trial.pick(short: 1, long: 10))
    while await !wire.hasEnded, ContinuousClock.now < end {
      // What the server does not take stays with us: no more than this, or we would drown.
      if await wire.unsentBytes < 4 << 20 { try? await wire.send(bytes) }
      try await Task.sleep(for: .milliseconds(20))
    }
    await wire.drop()
  }
}
