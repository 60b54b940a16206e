import Bytes
import Testing
import WebSocket

@Suite struct `A frame parser` {
  @Test func `reads the frames that RFC 6455 shows`() throws {
    let hello = Array("Hello".utf8)
    let masked: [UInt8] = [
      0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58,
    ]
    #expect(try parse(masked) == [Frame(opcode: .text, payload: hello)])
    let plain: [UInt8] = [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]
    #expect(try parse(plain, role: .client) == [Frame(opcode: .text, payload: hello)])
    let fragments: [UInt8] = [0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F]
    #expect(
      try parse(fragments, role: .client) == [
        Frame(opcode: .text, payload: Array("Hel".utf8), isFinal: false),
        Frame(opcode: .continuation, payload: Array("lo".utf8)),
      ])
  }

  @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
  func `reads every form of length, however the bytes are cut`(count: Int) throws {
    var random = SeededRandom(seed: UInt64(count))
    let payload = random.bytes(count)
    let bytes = Wire.client(0x82, payload) + Wire.client(0x81, "next")
    let expected = [
      Frame(opcode: .binary, payload: payload), Frame(opcode: .text, payload: Array("next".utf8)),
    ]
    for step in [Int.max, 1, 2, 3, 5, 7, 13, 4096] {
      #expect(try parse(bytes, step: step) == expected)
    }
    let plain = Wire.server(0x82, payload) + Wire.server(0x81, Array("next".utf8))
    for step in [Int.max, 1, 3] {
      #expect(try parse(plain, step: step, role: .client) == expected)
    }
  }

  @Test(arguments: [0x83, 0x84, 0x85, 0x86, 0x87, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F] as [UInt8])
  func `refuses reserved opcodes`(first: UInt8) {
    expectError(.reservedOpcode, Wire.client(first, []))
  }

  @Test func `refuses reserved bits that nothing was negotiated for`() throws {
    for first: UInt8 in [0xC1, 0xA1, 0x91, 0xF1, 0xC0] {
      expectError(.reservedBits, Wire.client(first, "x"))
    }
    for first: UInt8 in [0xE1, 0xD1, 0xA1, 0x91, 0xC8, 0xC9, 0xCA] {
      expectError(.reservedBits, Wire.client(first, "x"), allowsCompression: true)
    }
    let compressed = try parse(Wire.client(0xC1, "x"), allowsCompression: true)
    #expect(compressed.first?.isCompressed == true)
  }

  @Test func `takes masked frames as a server and plain ones as a client`() {
    expectError(.unmaskedFrame, Wire.server(0x81, [1]))
    expectError(.maskedFrame, Wire.client(0x81, [1]), role: .client)
  }

  @Test(arguments: [0x88, 0x89, 0x8A] as [UInt8])
  func `takes control frames of 125 bytes, and no longer or broken ones`(first: UInt8) throws {
    let longest = [UInt8](repeating: 7, count: 125)
    #expect(try parse(Wire.client(first, longest)).first?.payload == longest)
    expectError(.longControlFrame, Wire.client(first, longest + [7]))
    expectError(.longControlFrame, [first, 0xFF])
    expectError(.fragmentedControlFrame, Wire.client(first & 0x0F, "x"))
  }

  @Test func `refuses a length that is not in its shortest form`() {
    let key: [UInt8] = [0, 0, 0, 0]
    expectError(.wastefulLength, [0x82, 0xFE, 0, 125] + key)
    expectError(.wastefulLength, [0x82, 0xFE, 0, 0] + key)
    expectError(.wastefulLength, [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] + key)
    expectError(.wastefulLength, [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0, 5] + key)
  }

  @Test func `refuses a length with the highest bit, and knows the longest there is`() throws {
    let key: [UInt8] = [0, 0, 0, 0]
    expectError(.impossibleLength, [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0] + key)
    expectError(.impossibleLength, [0x82, 0xFF] + [UInt8](repeating: 0xFF, count: 8) + key)
    let longest: [UInt8] = [0x82, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 7) + key
    var received = ByteBuffer()
    received.append(longest)
    var parser = FrameParser(role: .server)
    var bytes = received.mutableBytes
    var position = 0
    let piece = try parser.next(&bytes, at: &position)
    #expect(piece?.header.length == Int.max && piece?.isLast == false)
  }

  @Test func `knows a bad frame by its first two bytes`() {
    expectError(.reservedBits, [0xF1, 0x80])
    expectError(.reservedOpcode, [0x83, 0x80])
    expectError(.unmaskedFrame, [0x81, 0x7F])
  }

  @Test func `gives a header before its payload is there`() throws {
    var received = ByteBuffer()
    received.append(Array(Wire.client(0x82, [1, 2, 3]).prefix(6)))
    var parser = FrameParser(role: .server)
    var bytes = received.mutableBytes
    var position = 0
    let piece = try parser.next(&bytes, at: &position)
    #expect(piece?.header.length == 3 && piece?.range.isEmpty == true)
    #expect(piece?.isFirst == true && piece?.isLast == false)
    let more = try parser.next(&bytes, at: &position)
    #expect(more == nil && position == 6)
  }

  @Test func `survives random bytes, and hears the same in every portion`() {
    var random = SeededRandom(seed: 11)
    for _ in 0..<3000 {
      var bytes = random.bytes(Int.random(in: 1...60, using: &random))
      // Most of them begin like a frame, or nothing would be seen behind the first byte.
      bytes[0] = [0x81, 0x82, 0x01, 0x80, 0x89, 0x8A, 0xC1, bytes[0]].randomElement(using: &random)!
      if bytes.count > 1 { bytes[1] |= 0x80 }
      let whole = try? parse(bytes, allowsCompression: true)
      for step in [1, 2, 5] {
        #expect((try? parse(bytes, step: step, allowsCompression: true)) == whole)
      }
    }
  }

  private func expectError(
    _ code: WebSocketError.Code, _ bytes: [UInt8], role: Role = .server,
    allowsCompression: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for step in [Int.max, 1] {
      #expect(throws: WebSocketError(code), sourceLocation: sourceLocation) {
        try parse(bytes, step: step, role: role, allowsCompression: allowsCompression)
      }
    }
  }
}

private struct Frame: Equatable {
  let opcode: Opcode
  var payload: [UInt8] = []
  var isFinal = true
  var isCompressed = false
}

/// All frames whose end has come, put together from their pieces.
private func parse(
  _ bytes: [UInt8], step: Int = .max, role: Role = .server, allowsCompression: Bool = false
) throws(WebSocketError) -> [Frame] {
  var parser = FrameParser(role: role, allowsCompression: allowsCompression)
  var frames: [Frame] = []
  var payload: [UInt8] = []
  var start = 0
  while start < bytes.count {
    let end = start + min(step, bytes.count - start)
    var portion = Array(bytes[start..<end])
    start = end
    var position = 0
    var span = portion.mutableSpan
    while let piece = try parser.next(&span, at: &position) {
      for index in piece.range { payload.append(span[index]) }
      guard piece.isLast else { continue }
      let header = piece.header
      frames.append(
        Frame(
          opcode: header.opcode, payload: payload, isFinal: header.isFinal,
          isCompressed: header.isCompressed))
      payload = []
    }
  }
  return frames
}
