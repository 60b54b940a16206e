import Bytes
import Testing

@testable import muster_bench

private func message(_ payload: Payload, size: Int) -> [UInt8] {
  var out = ByteBuffer()
  out.append(#"{"data":""# as StaticString)
  payload.append(to: &out, size: size)
  out.append(#""}"# as StaticString)
  return [UInt8](out)
}

private func find(_ bytes: [UInt8], size: Int) -> Payload.Verdict {
  Payload.find(in: bytes.span, size: size)
}

@Suite struct `A payload` {
  @Test(arguments: [44, 64, 128, 1024, 16_384, 1 << 20])
  func `is found again inside what it was wrapped in`(size: Int) {
    let payload = Payload(sender: 200, number: 0xFF_FFFF, sentAt: 1_234_567_890_123)
    let bytes = message(payload, size: size)
    #expect(bytes.count == size + 11)
    #expect(find(bytes, size: size) == .good(payload))
  }

  @Test func `is damaged when any byte of it is another one`() {
    let payload = Payload(sender: 3, number: 77, sentAt: 99)
    let whole = message(payload, size: 100)
    // Behind the mark; without the mark it is none of ours.
    for place in 13..<109 {
      var bytes = whole
      bytes[place] ^= 1
      #expect(find(bytes, size: 100) == .damaged, "byte \(place)")
    }
    for place in 9..<13 {
      var bytes = whole
      bytes[place] ^= 1
      #expect(find(bytes, size: 100) == .other)
    }
  }

  @Test func `of another length is damaged, and so is one that is cut off`() {
    let whole = message(Payload(sender: 0, number: 1, sentAt: 2), size: 100)
    #expect(find(whole, size: 99) == .damaged && find(whole, size: 101) == .damaged)
    for length in 13..<109 { #expect(find(Array(whole[..<length]), size: 100) == .damaged) }
    for length in 0..<13 { #expect(find(Array(whole[..<length]), size: 100) == .other) }
  }
}
