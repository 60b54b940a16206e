import Bytes
import Deflate
import Testing

@Suite struct `A gzip encoder` {
  @Test(arguments: [0, 1, 1000, 300_000])
  func `makes members that a decoder reads`(count: Int) throws {
    var encoder = GzipEncoder()
    var output = ByteBuffer()
    let body = Samples.json(count)
    encoder.encode(body.span, into: &output)
    let head = Array([UInt8](output).prefix(3))
    #expect(head == [0x1F, 0x8B, 0x08])
    #expect(try decoded([UInt8](output)) == body)
    // A second body starts anew; together they are two members.
    encoder.encode(body.span, into: &output)
    #expect(try decoded([UInt8](output)) == body + body)
  }

  @Test func `makes bodies shorter`() {
    var encoder = GzipEncoder()
    var output = ByteBuffer()
    encoder.encode(Samples.json(50_000).span, into: &output)
    #expect(output.count < 12_000)
  }

  @Test func `is not read when cut off, damaged or too long`() {
    var encoder = GzipEncoder()
    var output = ByteBuffer()
    encoder.encode(Samples.json(500).span, into: &output)
    let member = [UInt8](output)
    for count in 0..<member.count {
      #expect(throws: DeflateError(.truncated)) { try decoded(Array(member[..<count])) }
    }
    var wrongSum = member
    wrongSum[member.count - 8] ^= 1
    #expect(throws: DeflateError(.damaged)) { try decoded(wrongSum) }
    #expect(throws: DeflateError(.tooLarge)) { try decoded(member, limit: 499) }
    #expect(throws: DeflateError(.damaged)) { try decoded(member + [1, 2, 3]) }
  }

  private func decoded(_ bytes: [UInt8], limit: Int = 1 << 20) throws(DeflateError) -> [UInt8] {
    var decoder = GzipDecoder()
    var output = ByteBuffer()
    try decoder.decode(bytes.span, into: &output, limit: limit)
    return [UInt8](output)
  }
}
