import Bytes
import Testing

@Suite struct `A span of bytes` {
  /// What is not searched for: also the neighbours of the byte, which words could mistake for it.
  private static let fillers: [UInt8] = [0, 1, 9, 11, 0x7F, 0x80, 0x8A, 0xFF]

  @Test(arguments: fillers) func `finds the first of a byte wherever it lies`(filler: UInt8) {
    for count in 0..<27 {
      var bytes = [UInt8](repeating: filler, count: count)
      let missing = bytes.span.firstIndex(of: 10)
      #expect(missing == nil)
      for place in 0..<count {
        bytes[place] = 10
        bytes[count - 1] = 10
        let found = bytes.span.firstIndex(of: 10)
        let later = bytes.span.firstIndex(of: 10, from: place + 1)
        #expect(found == place)
        #expect(later == (place == count - 1 ? nil : count - 1))
        bytes[place] = filler
      }
    }
  }

  @Test func `compares by length and by every byte`() {
    let bytes: [UInt8] = [1, 2, 3]
    let same = bytes.span.elementsEqual([1, 2, 3].span)
    let shorter = bytes.span.elementsEqual([1, 2].span)
    let other = bytes.span.elementsEqual([1, 2, 4].span)
    #expect(same && !shorter && !other)
  }

  @Test func `becomes text, strictly or not`() {
    let bytes: [UInt8] = [0xE5, 0xBC, 0xA0, 0xFF]
    let strict = String(validating: bytes.span)
    let lenient = String(bytes.span)
    let whole = String(validating: bytes.span.extracting(0..<3))
    #expect(strict == nil && lenient == "张\u{FFFD}" && whole == "张")
  }

  @Test func `is copied into an array or behind one`() {
    let bytes: [UInt8] = [1, 2, 3]
    var copy = [UInt8](bytes.span)
    copy.append(bytes.span.extracting(1...))
    #expect(copy == [1, 2, 3, 2, 3])
    let text: StaticString = "abc"
    let first = text.bytes[0]
    #expect(first == 97)
  }
}
