import Bytes
import Testing

@Suite struct `A byte buffer` {
  @Test func `gives back what was appended, in order`() {
    var buffer = ByteBuffer()
    buffer.append("GET " as StaticString)
    buffer.append([47, 32])
    buffer.append(decimal: -1205)
    buffer.append(UInt8(ascii: "!"))
    #expect(String(buffer) == "GET / -1205!")
  }

  @Test func `consumes in front while it grows behind`() {
    var buffer = ByteBuffer()
    for round in 0..<1000 {
      buffer.append([UInt8](repeating: UInt8(round % 251), count: 7))
      let first = buffer.bytes[0]
      #expect(first == UInt8(round % 251))
      buffer.consume(round == 999 ? 3 : 7)
    }
    #expect(buffer.count == 4)
    #expect(buffer.capacity <= 64)
  }

  @Test func `owns no memory after it was emptied for good`() {
    var buffer = ByteBuffer(capacity: 4096)
    buffer.append(1)
    buffer.removeAll(keepingCapacity: false)
    #expect(buffer.capacity == 0 && buffer.isEmpty)
    buffer.append(2)
    #expect([UInt8](buffer) == [2])
  }

  @Test func `an empty one has empty spans`() {
    var buffer = ByteBuffer()
    let readable = buffer.bytes.count
    let changeable = buffer.mutableBytes.count
    #expect(readable == 0 && changeable == 0)
  }
}
