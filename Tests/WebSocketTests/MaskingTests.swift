import Testing
import WebSocket

@Suite struct `Masking` {
  @Test func `changes each byte by the key's byte for its place in the payload`() {
    var random = SeededRandom(seed: 3)
    let keyBytes: [UInt8] = [0x11, 0x80, 0xFE, 0x0C]
    let key = MaskKey(keyBytes.span)
    for count in 0...40 {
      for phase in 0...5 {
        let plain = random.bytes(count + 6)
        var masked = plain
        var span = masked.mutableSpan
        key.apply(to: &span, in: 3..<(3 + count), phase: phase)
        let expected = plain.enumerated().map { index, byte in
          (3..<(3 + count)).contains(index) ? byte ^ keyBytes[(index - 3 + phase) % 4] : byte
        }
        #expect(masked == expected)
      }
    }
  }
}
