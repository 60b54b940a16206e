import Bytes
import Deflate
import Testing

@Suite struct `A deflater` {
  @Test func `makes what RFC 7692 shows for Hello`() {
    var deflater = Deflater(level: 6)
    var output = ByteBuffer()
    deflater.deflate(Array("Hello".utf8).span, into: &output)
    #expect([UInt8](output) == [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])
  }
}
