internal import Bytes
internal import Deflate

/// Frames as bytes on the line, masked as the dice say.
struct Segment: ~Copyable {
  private(set) var bytes: [UInt8] = []
  private var deflater = Deflater()

  /// - Parameter code: the opcode, with the bits FIN and RSV as they are to be.
  mutating func append(_ code: UInt8, _ payload: [UInt8], _ dice: inout Dice) {
    bytes.append(code)
    appendLength(payload.count, isLong: dice.isOne(in: 30))
    let mask = dice.isOne(in: 2) ? [0, 0, 0, 0] : (0..<4).map { _ in UInt8(dice.roll(256)) }
    bytes += mask
    bytes += payload.indices.map { payload[$0] ^ mask[$0 & 3] }
  }

  private mutating func appendLength(_ length: Int, isLong: Bool) {
    switch length {
    case 0..<126 where !isLong: bytes.append(0x80 | UInt8(length))
    case ..<65_536 where !isLong: bytes += [0x80 | 126, UInt8(length >> 8), UInt8(length & 0xFF)]
    default:
      bytes += [0x80 | 127] + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
    }
  }

  /// A text message: whole, in pieces or deflated.
  mutating func append(text: [UInt8], isCompressed: Bool, _ dice: inout Dice) {
    if isCompressed { return append(0xC1, deflated(text), &dice) }
    guard dice.isOne(in: 8), !text.isEmpty else { return append(0x81, text, &dice) }
    let cut = dice.roll(text.count)
    append(0x01, Array(text[..<cut]), &dice)
    if dice.isOne(in: 2) { append(0x89, [1, 2, 3], &dice) }
    append(0x80, Array(text[cut...]), &dice)
  }

  mutating func appendClose(_ dice: inout Dice) {
    let code = dice.pick([1000, 1000, 1001, 1001, 1005, 1006, 999, 3000, 4999, 65_535])
    let reason = Array(dice.pick(["", "bye", "\u{212A}", String(repeating: "r", count: 123)]).utf8)
    append(0x88, dice.isOne(in: 5) ? [] : [UInt8(code >> 8), UInt8(code & 0xFF)] + reason, &dice)
  }

  /// A frame that no client may send.
  mutating func appendFoul(_ dice: inout Dice) {
    switch dice.roll(8) {
    case 0: append(0x82, [1, 2, 3], &dice)
    case 1: append(0x80, [1], &dice)
    case 2: append(0x83 + UInt8(dice.roll(13)), [1], &dice)
    case 3: append(0x09, [], &dice)
    case 4: append(0xC1, (0..<dice.roll(200)).map { _ in UInt8(dice.roll(256)) }, &dice)
    case 5: append(0xC1, deflated(Array(repeating: 32, count: 1 << (10 + dice.roll(12)))), &dice)
    case 6: bytes += [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]
    default: bytes += (0..<dice.roll(40)).map { _ in UInt8(dice.roll(256)) }
    }
  }

  mutating func append(raw text: String) { bytes += Array(text.utf8) }

  private mutating func deflated(_ text: [UInt8]) -> [UInt8] {
    var output = ByteBuffer()
    deflater.deflate(text.span, into: &output)
    return [UInt8](output)
  }
}
