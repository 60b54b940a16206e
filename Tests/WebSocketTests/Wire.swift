import Bytes
import WebSocket

/// Frames as a client sends them, put together by hand: independent of the encoder under test.
enum Wire {
  static let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

  /// - Parameter first: The first byte as it goes over the wire: FIN, reserved bits, opcode.
  static func client(_ first: UInt8, _ payload: [UInt8], key: [UInt8] = key) -> [UInt8] {
    let body = payload.enumerated().map { $1 ^ key[$0 % 4] }
    return [first] + length(payload.count, maskBit: 0x80) + key + body
  }

  static func client(_ first: UInt8, _ text: String) -> [UInt8] { client(first, Array(text.utf8)) }

  static func server(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
    [first] + length(payload.count, maskBit: 0) + payload
  }

  static func close(_ code: Int, _ reason: String = "") -> [UInt8] {
    client(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
  }

  /// The head of a frame whose payload has `count` bytes, in the shortest form.
  static func length(_ count: Int, maskBit: UInt8) -> [UInt8] {
    if count < 126 { return [maskBit | UInt8(count)] }
    if count < 65_536 { return [maskBit | 126, UInt8(count >> 8), UInt8(count & 0xFF)] }
    return [maskBit | 127] + stride(from: 56, through: 0, by: -8).map { UInt8(count >> $0 & 0xFF) }
  }
}

/// What a connection has been heard to say, and how it ended.
struct Heard: Equatable {
  var messages: [Message] = []
  var error: WebSocketError.Code?

  struct Message: Equatable {
    let kind: Incoming.Kind
    let payload: [UInt8]
    var wasCompressed = false

    static func text(_ text: String) -> Message { Message(kind: .text, payload: Array(text.utf8)) }
  }

  /// Lets an assembler hear `bytes` in portions of `step` bytes.
  init(
    _ bytes: [UInt8], step: Int = .max, role: Role = .server,
    limits: MessageLimits = MessageLimits(), allowsCompression: Bool = false
  ) {
    var assembler = MessageAssembler(
      role: role, limits: limits, allowsCompression: allowsCompression)
    var scratch = MessageScratch()
    var start = 0
    do throws(WebSocketError) {
      while start < bytes.count {
        let end = start + min(step, bytes.count - start)
        try hear(Array(bytes[start..<end]), &assembler, &scratch)
        start = end
      }
    } catch {
      self.error = error.code
    }
  }

  mutating func hear(
    _ portion: [UInt8], _ assembler: inout MessageAssembler, _ scratch: inout MessageScratch
  ) throws(WebSocketError) {
    var received = ByteBuffer()
    received.append(portion)
    var position = 0
    while let incoming = try assembler.next(&received, at: &position, scratch: &scratch) {
      let payload = scratch.payload(of: incoming, in: received.bytes)
      messages.append(
        Message(
          kind: incoming.kind, payload: payload.withUnsafeBytes { Array($0) },
          wasCompressed: incoming.wasCompressed))
    }
    precondition(position == portion.count, "an assembler takes everything")
  }
}

/// A small generator of random numbers that gives the same ones for the same seed.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }
}
