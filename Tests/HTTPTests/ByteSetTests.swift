import Testing

@testable import HTTP

@Suite struct `The bytes of HTTP` {
  private func set(_ set: ByteSet) -> [UInt8] { (0...255).filter { set.contains($0) } }

  private func bytes(_ extra: String) -> [UInt8] {
    let letters = Array(UInt8(ascii: "a")...UInt8(ascii: "z"))
    let digits = Array(UInt8(ascii: "0")...UInt8(ascii: "9"))
    return (letters + letters.map { $0 & 0xDF } + digits + Array(extra.utf8)).sorted()
  }

  @Test func `are sorted as the standards say`() {
    #expect(set(.token) == bytes("!#$%&'*+-.^_`|~"))
    #expect(set(.unreserved) == bytes("-._~"))
    #expect(set(.path) == bytes("-._~!$&'()*+,;=:@%/"))
    #expect(set(.query) == bytes("-._~!$&'()*+,;=:@%/?[]{}|^`\\"))
    #expect(set(.attribute) == bytes("!#$&+-.^_`|~"))
    #expect(set(.boundary) == bytes("'()+_,-./:=? "))
    #expect(set(.cookie) == (0x21...0x7E).filter { !Array("\",;\\".utf8).contains($0) })
  }

  @Test func `that may stand in a value are told apart at any place`() {
    for byte in UInt8.min...UInt8.max {
      let isAllowed = byte == 0x09 || byte >= 0x20 && byte != 0x7F
      for place in 0..<19 {
        var value = [UInt8](repeating: place & 1 == 0 ? 0x20 : 0xFF, count: 19)
        value[place] = byte
        let verdict = value.span.isFieldValue()
        #expect(verdict == isAllowed)
      }
    }
  }
}
