import Bytes
import Testing
import WebSocket

@Suite struct `A message assembler` {
  @Test func `reads the masked text frame that RFC 6455 shows`() throws {
    var received = ByteBuffer()
    received.append([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58])
    var assembler = MessageAssembler(role: .server)
    var scratch = MessageScratch()
    var position = 0
    let incoming = try assembler.next(&received, at: &position, scratch: &scratch)
    #expect(incoming?.kind == .text && position == received.count)
    let text = String(scratch.payload(of: incoming!, in: received.bytes))
    #expect(text == "Hello")
  }
}

extension String {
  init(_ bytes: Span<UInt8>) {
    self = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}
