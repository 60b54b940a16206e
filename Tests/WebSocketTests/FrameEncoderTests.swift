import Bytes
import Testing
import WebSocket

@Suite struct `A frame encoder` {
  @Test func `makes the frames that RFC 6455 shows`() {
    let hello = Array("Hello".utf8)
    #expect(FrameEncoder.frame(.text, hello.span) == [0x81, 0x05] + hello)
    #expect(FrameEncoder.frame(.ping, hello.span) == [0x89, 0x05] + hello)
    let bytes256 = [UInt8](repeating: 9, count: 256)
    #expect(FrameEncoder.frame(.binary, bytes256.span) == [0x82, 0x7E, 0x01, 0x00] + bytes256)
    let bytes64K = [UInt8](repeating: 9, count: 65_536)
    #expect(
      FrameEncoder.frame(.binary, bytes64K.span) == [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0] + bytes64K)
  }

  @Test(arguments: [0, 125, 126, 65_535, 65_536])
  func `makes server frames that a client hears`(count: Int) {
    var random = SeededRandom(seed: 5)
    let payload = random.bytes(count)
    let frame = FrameEncoder.frame(.binary, payload.span)
    #expect(frame == Wire.server(0x82, payload))
    let heard = Heard(frame, role: .client, limits: MessageLimits(message: count))
    #expect(heard.messages == [.init(kind: .binary, payload: payload)] && heard.error == nil)
  }

  @Test(arguments: [0, 125, 126, 65_535, 65_536])
  func `masks client frames, each with another key`(count: Int) {
    var random = SeededRandom(seed: 6)
    let payload = random.bytes(count)
    var encoder = FrameEncoder(role: .client)
    var output = ByteBuffer()
    for _ in 0..<200 where output.count < 400_000 {
      encoder.append(.binary, payload.span, to: &output)
    }
    let bytes = [UInt8](output)
    let heard = Heard(bytes, limits: MessageLimits(message: count))
    let frameLength = Wire.client(0x82, payload).count
    #expect(heard.messages.count == bytes.count / frameLength && heard.error == nil)
    #expect(heard.messages.allSatisfy { $0.payload == payload })
    let keys = stride(from: frameLength - count - 4, to: bytes.count, by: frameLength).map {
      Array(bytes[$0..<($0 + 4)])
    }
    #expect(Set(keys).count == keys.count)
  }

  @Test func `appends fragments and compressed beginnings`() {
    var encoder = FrameEncoder(role: .server)
    var output = ByteBuffer()
    encoder.append(.text, [1].span, isFinal: false, isCompressed: true, to: &output)
    encoder.append(.continuation, [2].span, to: &output)
    encoder.append(.text, text: "é", to: &output)
    #expect([UInt8](output) == [0x41, 1, 1, 0x80, 1, 2, 0x81, 2, 0xC3, 0xA9])
  }

  @Test func `makes close frames with a code and a reason, or neither`() {
    #expect(close(.goingAway) == [0x88, 2, 0x03, 0xE9])
    #expect(close(.normal, "bye") == [0x88, 5, 0x03, 0xE8] + Array("bye".utf8))
    #expect(close(.noStatus) == [0x88, 0])
  }

  @Test func `cuts a reason that is too long at the end of a character`() {
    let fits = String(repeating: "x", count: 123)
    #expect(close(.normal, fits).count == 127)
    #expect(close(.normal, fits + "y") == close(.normal, fits))
    let reason = String(repeating: "x", count: 121) + "课程"
    #expect(close(.normal, reason) == close(.normal, String(repeating: "x", count: 121)))
  }

  private func close(_ code: CloseCode, _ reason: String = "") -> [UInt8] {
    var encoder = FrameEncoder(role: .server)
    var output = ByteBuffer()
    encoder.appendClose(code, reason: reason, to: &output)
    return [UInt8](output)
  }
}
