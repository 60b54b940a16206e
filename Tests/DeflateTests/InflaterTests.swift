import Bytes
import Deflate
import Testing

@Suite struct `An inflater` {
  /// RFC 7692, 7.2.3: the same Hello in every shape it shows.
  static let hellos: [[UInt8]] = [
    [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
    // A block that is only stored.
    [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
    // A block with the final bit.
    [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
    // Two blocks in one message.
    [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
  ]

  @Test(arguments: hellos) func `reads what RFC 7692 shows`(payload: [UInt8]) throws {
    #expect(try inflated(payload) == Array("Hello".utf8))
  }

  @Test(arguments: [[], [0x00], [0x02, 0x00], [0x03, 0x00], [0x03, 0x00, 0x00]] as [[UInt8]])
  func `reads an empty message`(payload: [UInt8]) throws {
    #expect(try inflated(payload, limit: 0) == [])
  }

  @Test func `reads on behind a final block, which can still be referred to`() throws {
    // "Hello" in a final block, then a block that repeats its 5 bytes from 5 bytes back.
    let hello: [UInt8] = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
    let repeating: [UInt8] = [0x02, 0x13, 0x00, 0x00]
    #expect(try inflated(hello + repeating) == Array("HelloHello".utf8))
  }

  @Test func `takes a message without a limit`() throws {
    #expect(try inflated(deflated(Samples.json(100)), limit: .max) == Samples.json(100))
  }

  @Test func `is not stalled by thousands of final blocks`() throws {
    let blocks = [[UInt8]](repeating: [0x03, 0x00], count: 32_000).flatMap { $0 }
    #expect(try inflated(blocks) == [])
  }

  @Test(arguments: [0, 1, 2, 100, 511, 4096, 65_536, 200_000])
  func `gives back what was deflated`(count: Int) throws {
    for message in [Samples.json(count), Samples.noise(count)] {
      #expect(try inflated(deflated(message)) == message)
    }
  }

  @Test func `takes exactly the limit and not one byte more`() throws {
    for count in [1, 63, 64, 1000, 65_536] {
      let message = [UInt8](repeating: 65, count: count)
      #expect(try inflated(deflated(message), limit: count) == message)
      #expect(throws: DeflateError(.tooLarge)) {
        try inflated(deflated(message), limit: count - 1)
      }
    }
  }

  @Test func `stops a bomb at the limit`() {
    let bomb = deflated([UInt8](repeating: 0, count: 64 << 20), level: 9)
    #expect(bomb.count < 70_000)
    var inflater = Inflater()
    var output = ByteBuffer()
    #expect(throws: DeflateError(.tooLarge)) {
      try inflater.inflate(bomb.span, into: &output, limit: 640 << 10)
    }
    #expect(output.count == 640 << 10)
    #expect(output.capacity <= 2 << 20)
  }

  @Test func `refuses what is no deflate stream`() {
    for payload: [UInt8] in [[0xFF], [0x06, 0x01], [0x00, 0x05, 0x00, 0x00, 0x00, 0x41]] {
      #expect(throws: DeflateError(.damaged)) { try inflated(payload) }
    }
    // A reference to what was never there.
    #expect(throws: DeflateError(.damaged)) { try inflated([0x02, 0x13, 0x00, 0x00]) }
  }

  @Test func `refuses a message that was cut off anywhere`() {
    let message = Samples.json(3000)
    let payload = deflated(message)
    for count in 1..<payload.count {
      let result = try? inflated(Array(payload[..<count]))
      #expect(result == nil)
    }
  }

  @Test func `is as good as new after an error`() throws {
    var inflater = Inflater()
    var output = ByteBuffer()
    let hello = Self.hellos[0]
    let cutOff = Array(deflated(Samples.json(900)).dropLast(5))
    for payload: [UInt8] in [[0xFF], cutOff] {
      #expect(throws: DeflateError.self) {
        try inflater.inflate(payload.span, into: &output, limit: 1000)
      }
      output.removeAll()
      try inflater.inflate(hello.span, into: &output, limit: 5)
      #expect([UInt8](output) == Array("Hello".utf8))
      output.removeAll()
    }
  }

  @Test func `survives damage of every kind`() {
    var random = SeededRandom(seed: 7)
    let payload = deflated(Samples.json(2000) + Samples.noise(300))
    for _ in 0..<5000 {
      var damaged = payload
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      let result = try? inflated(damaged, limit: 10_000)
      #expect((result?.count ?? 0) <= 10_000)
    }
  }
}
