import Bytes
import CAllocations
import Testing
import WebSocket

@Suite(.enabled(if: allocations_are_counted())) struct `The path of a usual message` {
  @Test func `from the received bytes to a reply takes no memory`() throws {
    var assembler = MessageAssembler(role: .server)
    var scratch = MessageScratch()
    var encoder = FrameEncoder(role: .server)
    var output = ByteBuffer(capacity: 4096)
    var received = ByteBuffer(capacity: 4096)
    let frames = Wire.client(0x81, "a message of usual length") + Wire.client(0x89, "ping")
    func round() throws(WebSocketError) {
      received.removeAll()
      received.append(frames)
      output.removeAll()
      var position = 0
      while let incoming = try assembler.next(&received, at: &position, scratch: &scratch) {
        encoder.append(.text, scratch.payload(of: incoming, in: received.bytes), to: &output)
      }
    }
    // The first round may make what the runtime makes once.
    try round()
    let counted = try allocations { for _ in 0..<100 { try round() } }
    #expect(counted == 0 && output.count == 27 + 6)
  }

  @Test func `that comes compressed takes no memory either, once the loop is warm`() throws {
    var assembler = MessageAssembler(role: .server, allowsCompression: true)
    var scratch = MessageScratch()
    let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
    let frame = Wire.client(0xC1, hello)
    var received = ByteBuffer(capacity: 4096)
    func hear() throws(WebSocketError) {
      received.removeAll()
      received.append(frame)
      var position = 0
      while try assembler.next(&received, at: &position, scratch: &scratch) != nil {}
    }
    try hear()
    #expect(try allocations { for _ in 0..<100 { try hear() } } == 0)
  }

  @Test func `leaves a connection without memory when it is whole`() throws {
    var assembler = MessageAssembler(role: .server)
    var scratch = MessageScratch()
    var heard = Heard([])
    let message = Array(repeating: UInt8(65), count: 50_000)
    let frame = Wire.client(0x82, message)
    // The second time the loop has memory of its own, which is not what a connection is left.
    for _ in 0..<2 {
      try heard.hear(Array(frame.prefix(40_000)), &assembler, &scratch)
      let inside = assembler.memory
      try heard.hear(Array(frame.dropFirst(40_000)), &assembler, &scratch)
      let behind = assembler.memory
      #expect(inside >= 39_000 && behind == 0)
    }
    let expected = Heard.Message(kind: .binary, payload: message)
    #expect(heard.messages == [expected, expected])
  }

  @Test func `is not led to take memory by a long announcement`() throws {
    let head: [UInt8] = [0x82, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7]
    var assembler = MessageAssembler(role: .server, limits: MessageLimits(message: 2 << 30))
    var scratch = MessageScratch()
    var heard = Heard([])
    try heard.hear(head, &assembler, &scratch)
    #expect(assembler.isInsideMessage && assembler.memory < 1000)
  }

  private func allocations(_ body: () throws -> Void) rethrows -> UInt64 {
    let before = allocations_of_this_thread()
    try body()
    return allocations_of_this_thread() - before
  }
}
