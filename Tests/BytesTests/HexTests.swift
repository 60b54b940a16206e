import Bytes
import Testing

@Suite struct `Hexadecimal digits` {
  @Test func `come back for every byte`() {
    let bytes = (0...255).map { UInt8($0) }
    let text = Hex.encode(bytes)
    #expect(text.hasPrefix("000102030405060708090a0b0c0d0e0f10"))
    #expect(text.hasSuffix("fdfeff"))
    #expect(Hex.decode(text) == bytes)
    #expect(Hex.decode(text.uppercased()) == bytes)
  }

  @Test(arguments: ["0", "0g", "g0", " 00", "0x00", "00\n", "é"])
  func `are refused when one is missing or none`(_ text: String) {
    #expect(Hex.decode(text) == nil)
  }
}
