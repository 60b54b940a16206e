import Bytes
import Deflate
import Testing

@Suite struct `A deflater` {
  @Test func `makes what RFC 7692 shows for Hello`() {
    #expect(deflated(Array("Hello".utf8)) == [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00])
  }

  @Test func `makes one zero byte of an empty message`() {
    #expect(deflated([]) == [0x00])
  }

  @Test(arguments: [1, 6, 9], [1, 8, 9])
  func `makes what any reader of RFC 1951 can read`(level: Int, memLevel: Int) {
    for message in [Samples.json(1), Samples.json(600), Samples.json(70_000), Samples.noise(9000)] {
      let compressed = deflated(message, level: level, memLevel: memLevel)
      #expect(ReferenceInflate(message: compressed).output == message)
    }
  }

  @Test(arguments: 8...15)
  func `never refers back further than its window`(windowBits: Int) {
    // The same 100 bytes at many distances tempt it to.
    var message: [UInt8] = []
    let bait = Samples.noise(100, seed: 2)
    for gap in [0, 50, 100, 120, 140, 150, 151, 155, 156, 157, 200, 411, 413, 923, 1947, 3995] {
      message += bait + Samples.noise(gap, seed: UInt64(gap))
    }
    message += bait + Samples.noise(7000) + bait + bait
    let window = 1 << windowBits
    // At the edge: what just fits into the window, and what is one byte longer.
    for count in [window / 2, window, window + 1, message.count] {
      let part = Array(message.prefix(count))
      for level in [1, 6] {
        let reading = ReferenceInflate(
          message: deflated(part, level: level, windowBits: windowBits))
        #expect(reading.output == part)
        #expect(reading.longestDistance <= window)
        if count >= 512 { #expect(reading.longestDistance >= 200) }
      }
    }
  }

  @Test func `uses the whole window where it can`() {
    let bait = Samples.noise(1000, seed: 2)
    let message = bait + Samples.noise(30_000) + bait
    #expect(ReferenceInflate(message: deflated(message)).longestDistance == 31_000)
  }

  @Test func `keeps nothing of the message before`() {
    var deflater = Deflater(level: 6)
    let message = Samples.json(2000)
    var first = ByteBuffer()
    var second = ByteBuffer()
    deflater.deflate(message.span, into: &first)
    deflater.deflate(message.span, into: &second)
    #expect([UInt8](first) == [UInt8](second))
  }

  @Test func `appends behind what is there`() throws {
    var deflater = Deflater()
    var output = ByteBuffer()
    output.append([1, 2, 3])
    deflater.deflate(Array("Hello".utf8).span, into: &output)
    #expect(Array([UInt8](output).prefix(3)) == [1, 2, 3])
    #expect(try inflated(Array([UInt8](output).dropFirst(3))) == Array("Hello".utf8))
  }

  @Test func `leaves short messages alone`() {
    #expect(!isWorthwhile(Samples.json(511)))
    #expect(isWorthwhile(Samples.json(512)))
  }

  @Test func `leaves messages alone that hardly shrink`() {
    #expect(!isWorthwhile(Samples.noise(4000)))
    // 30 % of the bytes are zeros, which all but vanish.
    #expect(isWorthwhile(Samples.noise(2800) + [UInt8](repeating: 0, count: 1200)))
    // 5 % are not enough.
    #expect(!isWorthwhile(Samples.noise(3800) + [UInt8](repeating: 0, count: 200)))
  }

  private func isWorthwhile(_ message: [UInt8]) -> Bool {
    var deflater = Deflater()
    var output = ByteBuffer()
    output.append(77)
    let worthwhile = deflater.compressIfWorth(message.span, into: &output)
    #expect(worthwhile == (output.count > 1))
    return worthwhile
  }
}
