import Bytes
import Testing
import WebSocket

@Suite struct `A frame encoder` {
  @Test func `makes the unmasked text frame that RFC 6455 shows`() {
    let frame = FrameEncoder.frame(.text, Array("Hello".utf8).span)
    #expect(frame == [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])
  }
}
