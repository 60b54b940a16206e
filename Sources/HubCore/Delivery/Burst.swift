internal import Deflate
internal import WebSocket

/// The events that came for one topic in one turn, put together once for all subscribers who are
/// sent the same bytes.
struct Burst {
  let publications: [Publication]
  /// The offset of the oldest: who has seen as far as that, or further, is not sent all of them.
  let first: UInt64
  /// The length of the longest one's frame.
  let longest: Int
  /// All frames, one behind the other.
  let frame: [UInt8]
  private var compressed: [UInt8]?

  // More than this is not copied together; a slow client's queue is counted in single frames then.
  private static let mostBytes = 64 << 10

  /// Nil if there is nothing to be gained.
  init?(_ publications: [Publication]) {
    guard let oldest = publications.first else { return nil }
    self.publications = publications
    first = oldest.offset
    longest = publications.reduce(0) { max($0, $1.frame.count) }
    if publications.count == 1 {
      frame = oldest.frame
    } else {
      guard longest * publications.count <= Burst.mostBytes else { return nil }
      frame = Array(publications.map(\.frame).joined())
    }
  }

  /// The same with each event deflated where that is worth it.
  mutating func compressedFrame(_ deflate: (Publication) -> [UInt8]) -> [UInt8] {
    if let compressed { return compressed }
    let frame = Array(publications.map(deflate).joined())
    compressed = frame
    return frame
  }
}
