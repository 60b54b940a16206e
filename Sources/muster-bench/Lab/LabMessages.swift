import Bytes
import Deflate

/// Frames that were read already.
///
/// A thousand dashboards are sent the same bytes. Each frame is compared to the last byte with one
/// that was inflated and read; reading every copy would cost more than the server's work.
struct LabMessages: ~Copyable {
  private struct Known {
    let payload: [UInt8]
    let message: LabMessage
  }

  private var known: [UInt64: Known] = [:]
  private var inflater = Inflater()
  private var text = ByteBuffer()
  /// The operation that each offset of a topic stands for: everybody must be told the same.
  private var told: [[UInt64: Int]] = Dashboard.topics.map { _ in [:] }
  /// How many frames were unlike all others.
  private(set) var count = 0

  /// Each change is told once in the topic of everybody, and once in its grade's.
  func isComplete(_ operations: Int) -> Bool {
    told[0].count == operations && told[1].count + told[2].count == operations
      && Set(told[0].values).count == operations
      && told[1...2].reduce(0) { $0 + Set($1.values).count } == operations
  }

  mutating func read(
    _ payload: Span<UInt8>, isCompressed: Bool, _ ledger: borrowing Ledger
  ) throws -> LabMessage {
    let mark = LabMessages.mark(of: payload, isCompressed)
    if let known = known[mark], LabMessages.isEqual(known.payload.span, payload) {
      return known.message
    }
    text.removeAll()
    if isCompressed {
      try inflater.inflate(payload, into: &text, limit: 16 << 20)
    } else {
      text.append(payload)
    }
    let message = try LabMessage([UInt8](text), ledger)
    try note(message)
    count += 1
    // Messages older than a few seconds no longer arrive.
    if known.count > 512 { known.removeAll() }
    var copy = ByteBuffer(capacity: payload.count)
    copy.append(payload)
    known[mark] = Known(payload: [UInt8](copy), message: message)
    return message
  }

  private mutating func note(_ message: LabMessage) throws {
    guard let topic = message.topic else { return }
    for (offset, operation) in message.operations {
      if let other = told[topic].updateValue(operation, forKey: offset), other != operation {
        throw LabMessage.Fault(description: "offset \(offset) stood for two changes")
      }
    }
  }

  private static func mark(of bytes: Span<UInt8>, _ isCompressed: Bool) -> UInt64 {
    var mark = UInt64(bytes.count) << 1 | (isCompressed ? 1 : 0)
    let raw = bytes.bytes
    for at in stride(from: 0, to: bytes.count / 8 * 8, by: 8) {
      let word = raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      mark = (mark ^ word) &* 0x9E37_79B9_7F4A_7C15
      mark ^= mark >> 32
    }
    for at in bytes.count / 8 * 8..<bytes.count { mark = mark &* 31 &+ UInt64(bytes[at]) }
    return mark
  }

  private static func isEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    let (one, other) = (left.bytes, right.bytes)
    for at in stride(from: 0, to: left.count / 8 * 8, by: 8) {
      let first = one.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      if first != other.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self) { return false }
    }
    for at in left.count / 8 * 8..<left.count where left[at] != right[at] { return false }
    return true
  }
}
