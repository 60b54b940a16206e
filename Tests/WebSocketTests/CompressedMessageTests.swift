import Bytes
import Deflate
import Testing
import WebSocket

@Suite struct `An assembler of compressed messages` {
  private static let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]

  @Test(arguments: MessageAssembler.testSteps)
  func `reads the frames that RFC 7692 shows`(step: Int) {
    let bytes =
      Wire.client(0xC1, Self.hello) + Wire.client(0x41, Array(Self.hello[..<3]))
      + Wire.client(0x89, "p") + Wire.client(0x80, Array(Self.hello[3...]))
      + Wire.client(0x81, "plain")
    let heard = hear(bytes, step: step)
    #expect(heard.error == nil)
    #expect(
      heard.messages == [
        message("Hello"), .init(kind: .ping, payload: Array("p".utf8)), message("Hello"),
        .text("plain"),
      ])
  }

  @Test func `needs compression to have been agreed on`() {
    #expect(Heard(Wire.client(0xC1, Self.hello)).error == .reservedBits)
  }

  @Test func `refuses a continuation that says it is compressed`() {
    let frames = Wire.client(0x41, Array(Self.hello[..<3])) + Wire.client(0xC0, Self.hello)
    for step in [Int.max, 1] { #expect(hear(frames, step: step).error == .reservedBits) }
  }

  @Test(arguments: MessageAssembler.testSteps)
  func `reads empty messages`(step: Int) {
    let frames = Wire.client(0xC1, [0x00]) + Wire.client(0x41, []) + Wire.client(0x80, [])
    #expect(hear(frames, step: step).messages == [message(""), message("")])
  }

  @Test func `checks text after inflating, and nothing in binary messages`() {
    let bytes: [UInt8] = [0x41, 0xED, 0xA0, 0x80]
    #expect(hear(Wire.client(0xC1, deflated(bytes))).error == .badText)
    #expect(hear(Wire.client(0xC1, deflated([0x41, 0xE4]))).error == .badText)
    let binary = hear(Wire.client(0xC2, deflated(bytes)))
    #expect(binary.messages == [.init(kind: .binary, payload: bytes, wasCompressed: true)])
    // Deflated bytes are no UTF-8, and are not taken for it in fragments either.
    let text = deflated(Array(String(repeating: "签到😀", count: 40).utf8))
    let frames = Wire.client(0x41, Array(text[..<9])) + Wire.client(0x80, Array(text[9...]))
    #expect(hear(frames).error == nil)
  }

  @Test func `stops at the limit for what came, and at the limit for what it inflates to`() {
    let payload = deflated([UInt8](repeating: 65, count: 5000))
    let exact = MessageLimits(message: payload.count, inflated: 5000)
    let tight = MessageLimits(message: payload.count - 1, inflated: 5000)
    let small = MessageLimits(message: payload.count, inflated: 4999)
    for step in MessageAssembler.testSteps {
      let frame = Wire.client(0xC1, payload)
      #expect(hear(frame, step: step, exact).messages.first?.payload.count == 5000)
      #expect(hear(frame, step: step, tight).error == .messageTooBig)
      #expect(hear(frame, step: step, small).error == .inflatedTooBig)
    }
    // The limit on what came does not hold for what it inflates to, nor the other way round.
    #expect(
      hear(Wire.client(0x81, [UInt8](repeating: 65, count: 5000)), small).error == .messageTooBig)
  }

  @Test func `stops a bomb`() {
    let bomb = deflated([UInt8](repeating: 0, count: 60 << 20))
    #expect(bomb.count < 65_536)
    #expect(hear(Wire.client(0xC2, bomb)).error == .inflatedTooBig)
  }

  @Test func `refuses what is no deflate stream, or only a part of one`() {
    #expect(hear(Wire.client(0xC1, [0xFF, 0xFF])).error == .badCompression)
    let payload = deflated(Array("some text that is long enough to be cut".utf8))
    #expect(hear(Wire.client(0xC1, Array(payload.dropLast(4)))).error == .badCompression)
  }

  @Test func `survives damage of every kind, and hears the same in every portion`() {
    var random = SeededRandom(seed: 17)
    let good =
      Wire.client(0xC1, Self.hello) + Wire.client(0x01, "Grüße") + Wire.client(0x89, "p")
      + Wire.client(0x80, " aus") + Wire.client(0x42, Array(Self.hello[..<4]))
      + Wire.client(0x80, Array(Self.hello[4...])) + Wire.close(1000, "ok")
    for _ in 0..<4000 {
      var bytes = good
      for _ in 0...Int.random(in: 0...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = random.bytes(1)[0]
      }
      let whole = hear(bytes)
      for step in [1, 3] { #expect(hear(bytes, step: step) == whole) }
    }
  }

  private func message(_ text: String) -> Heard.Message {
    Heard.Message(kind: .text, payload: Array(text.utf8), wasCompressed: true)
  }

  private func hear(
    _ bytes: [UInt8], step: Int = .max, _ limits: MessageLimits = MessageLimits()
  ) -> Heard {
    Heard(bytes, step: step, limits: limits, allowsCompression: true)
  }

  private func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var deflater = Deflater(level: 9)
    var output = ByteBuffer()
    deflater.deflate(bytes.span, into: &output)
    return [UInt8](output)
  }
}
