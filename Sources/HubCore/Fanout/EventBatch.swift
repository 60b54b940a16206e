internal import Bytes
internal import Deflate
internal import HubProtocol
internal import WebSocket

/// The events that came for one topic in one turn, put together once for all subscribers who are
/// sent the same bytes.
struct EventBatch {
  let publications: [Publication]
  /// The offset of the oldest. A subscriber that has seen it is not sent all of them.
  let first: UInt64
  /// The length of the longest one's frame.
  let longest: Int
  private var plain: [UInt8]?
  private var compressed: [UInt8]?
  private var joined: [UInt8]?
  private var joinedCompressed: [UInt8]?

  // More than this is not copied together; a slow client's queue is counted in single frames then.
  private static let mostBytes = 64 << 10
  // Batch subscribers accept long frames; deflate shrinks them about tenfold.
  private static let mostJoinedBytes = 512 << 10

  /// Nil if there is nothing.
  init?(_ publications: [Publication]) {
    guard let oldest = publications.first else { return nil }
    self.publications = publications
    first = oldest.offset
    longest = publications.reduce(0) { max($0, $1.frame.count) }
    if publications.count == 1 { plain = oldest.frame }
  }

  private var isShort: Bool {
    publications.count == 1 || longest * publications.count <= EventBatch.mostBytes
  }

  /// May all events go into one frame?
  var isJoinable: Bool {
    publications.count > 1 && longest * publications.count <= EventBatch.mostJoinedBytes
      && first > 0
  }

  /// All frames, one behind the other; nil if they are too long to be copied together.
  mutating func frame() -> [UInt8]? {
    if let plain { return plain }
    guard isShort else { return nil }
    let frame = Array(publications.map(\.frame).joined())
    plain = frame
    return frame
  }

  /// The same with each event deflated where that is worth it; nil if they are too long.
  mutating func compressedFrame(_ deflate: (Publication) -> [UInt8]) -> [UInt8]? {
    if let compressed { return compressed }
    guard isShort else { return nil }
    let frame = Array(publications.map(deflate).joined())
    compressed = frame
    return frame
  }

  /// All events in one frame, for subscribers that take batches.
  mutating func joinedFrame() -> [UInt8] {
    if let joined { return joined }
    let frame = FrameEncoder.frame(.text, text().bytes)
    joined = frame
    return frame
  }

  /// The same deflated, where nothing in it is secret.
  mutating func joinedFrame(by deflater: inout Deflater) -> [UInt8] {
    if let joinedCompressed { return joinedCompressed }
    var packed = ByteBuffer()
    let text = text()
    let isSecret = publications.contains { $0.isSecret }
    let frame =
      if !isSecret, deflater.compressIfWorth(text.bytes, into: &packed) {
        FrameEncoder.frame(.text, packed.bytes, isCompressed: true)
      } else {
        joinedFrame()
      }
    joinedCompressed = frame
    return frame
  }

  private func text() -> ByteBuffer {
    var json = ByteBuffer(capacity: publications.reduce(96) { $0 + $1.frame.count })
    ServerFrame.events(topic: publications[0].topic, publications, into: &json)
    return json
  }
}
