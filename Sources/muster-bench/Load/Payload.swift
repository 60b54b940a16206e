import Bytes

/// The header of a message, from which its receiver knows that it is whole, whose it is, which
/// one, and how long it took.
///
/// `~M1~`, the sender (2 hexadecimal digits), its number (6), the moment of sending (16), the
/// length of the filler (6), a check value (8), `~` and the filler: words, as people write them.
struct Payload: Equatable {
  var sender: Int
  var number: Int
  /// Nanoseconds of the generator's clock.
  var sentAt: UInt64

  enum Verdict: Equatable {
    case good(Payload)
    /// Not one of ours: a greeting, an acknowledgement.
    case other
    case damaged
  }

  static let headLength = 43
  private static let period = 1 << 15
  private static let mark: [UInt8] = Array("~M1~".utf8)
  private static let digits: [UInt8] = Array("0123456789abcdef".utf8)
  private static let filler = makeFiller(period + (1 << 20))

  /// Appends the payload, `size` bytes in all.
  func append(to output: inout ByteBuffer, size: Int) {
    let rest = max(0, size - Payload.headLength)
    output.append(Payload.mark)
    Payload.append(UInt64(sender), 2, to: &output)
    Payload.append(UInt64(number), 6, to: &output)
    Payload.append(sentAt, 16, to: &output)
    Payload.append(UInt64(rest), 6, to: &output)
    Payload.append(UInt64(check(rest)), 8, to: &output)
    output.append(UInt8(ascii: "~"))
    let start = fillerStart
    output.append(Payload.filler.span.extracting(start..<(start + rest)))
  }

  /// Looks for a payload of `size` bytes in a message.
  static func find(in message: Span<UInt8>, size: Int) -> Verdict {
    guard let start = position(of: mark, in: message) else { return .other }
    let bytes = message.extracting(droppingFirst: start)
    let rest = max(0, size - headLength)
    guard bytes.count >= headLength + rest, bytes[headLength - 1] == UInt8(ascii: "~"),
      let sender = number(bytes, 4..<6), let count = number(bytes, 6..<12),
      let sentAt = number(bytes, 12..<28), let length = number(bytes, 28..<34),
      let check = number(bytes, 34..<42)
    else { return .damaged }
    let payload = Payload(sender: Int(sender), number: Int(count), sentAt: sentAt)
    let from = payload.fillerStart
    guard Int(length) == rest, check == UInt64(payload.check(rest)),
      isEqual(
        bytes.extracting(headLength..<(headLength + rest)),
        filler.span.extracting(from..<(from + rest)))
    else { return .damaged }
    return .good(payload)
  }

  private var fillerStart: Int { (number &* 131 &+ sender &* 17) & (Payload.period - 1) }

  private func check(_ length: Int) -> UInt32 {
    var mixed = UInt64(sender) << 32 | UInt64(number)
    for value in [sentAt, UInt64(length) &+ 77] {
      mixed = (mixed ^ value) &* 0x9E37_79B9_7F4A_7C15
      mixed ^= mixed >> 29
    }
    return UInt32(truncatingIfNeeded: mixed >> 32)
  }
}

// The bytes.
extension Payload {
  private static func append(_ value: UInt64, _ count: Int, to output: inout ByteBuffer) {
    for place in stride(from: count - 1, through: 0, by: -1) {
      output.append(digits[Int(value >> UInt64(place * 4)) & 15])
    }
  }

  private static func number(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64? {
    var value: UInt64 = 0
    for index in range {
      switch bytes[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = value << 4 | UInt64(bytes[index] - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"):
        value = value << 4 | UInt64(bytes[index] - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }

  private static func position(of mark: [UInt8], in bytes: Span<UInt8>) -> Int? {
    guard bytes.count >= mark.count else { return nil }
    for start in 0...(bytes.count - mark.count) where bytes[start] == mark[0] {
      var length = 1
      while length < mark.count && bytes[start + length] == mark[length] { length += 1 }
      if length == mark.count { return start }
    }
    return nil
  }

  /// Eight bytes at a time: byte by byte, checking would cost more than the server's work.
  private static func isEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    let words = left.count / 8 * 8
    let (one, other) = (left.bytes, right.bytes)
    for at in stride(from: 0, to: words, by: 8) {
      let first = one.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      let second = other.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      if first != second { return false }
    }
    for at in words..<left.count where left[at] != right[at] { return false }
    return true
  }

  private static func makeFiller(_ length: Int) -> [UInt8] {
    let words = [
      "alice", "joined", "the", "room", "lobby", "score", "typing", "message", "hello", "there",
      "status", "online", "move", "player", "turn", "ready", "photo", "caption", "vote", "answer",
    ]
    var text: [UInt8] = []
    var random: UInt64 = 42
    while text.count < length {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      text += Array(words[Int(random >> 33) % words.count].utf8) + [UInt8(ascii: " ")]
    }
    return text
  }
}
