internal import Bytes

/// What a connection is owed, in order, and what becomes of it when the client does not keep up.
///
/// Frames are shared with everybody else who is sent them; only the queue itself is the
/// connection's own.
struct Outbox {
  struct Limits: Equatable, Sendable {
    /// Above either of these, topics that conflate keep only their newest event.
    var easyBytes = 256 << 10
    var easyNanoseconds: UInt64 = 2_000_000_000
    /// Above either of these, the client is closed and recovers by position.
    var mostBytes = 1 << 20
    var mostNanoseconds: UInt64 = 10_000_000_000
  }

  enum Verdict: Equatable {
    case keep
    /// The client is too slow.
    case close
  }

  private struct Item {
    var frame: [UInt8]
    let conflating: TopicName?
    let at: UInt64
  }

  private var items: [Item] = []
  private var head = 0
  private(set) var bytes = 0

  var isEmpty: Bool { head == items.count }
  var count: Int { items.count - head }

  /// Adds a frame at `now` (nanoseconds that never go back).
  ///
  /// - Parameter topic: the frame's topic if only its newest event matters to a slow reader.
  mutating func append(
    _ frame: [UInt8], conflating topic: TopicName? = nil, at now: UInt64,
    limits: Limits = Limits()
  ) -> Verdict {
    items.append(Item(frame: frame, conflating: topic, at: now))
    bytes += frame.count
    let age = now &- items[head].at
    guard bytes > limits.easyBytes || age > limits.easyNanoseconds else { return .keep }
    conflate()
    let rest = isEmpty ? 0 : now &- items[head].at
    return bytes > limits.mostBytes || rest > limits.mostNanoseconds ? .close : .keep
  }

  /// Keeps only the newest event of each topic that conflates, in its place.
  private mutating func conflate() {
    var seen: Set<TopicName> = []
    var kept: [Item] = []
    for item in items[head...].reversed() {
      if let topic = item.conflating, !seen.insert(topic).inserted {
        bytes -= item.frame.count
      } else {
        kept.append(item)
      }
    }
    items = kept.reversed()
    head = 0
  }

  /// Moves frames into `cork` until it holds `limit` bytes; false if there was nothing to move.
  mutating func fill(_ cork: inout ByteBuffer, upTo limit: Int) -> Bool {
    guard !isEmpty else { return false }
    repeat {
      cork.append(items[head].frame)
      bytes -= items[head].frame.count
      items[head].frame = []
      head += 1
    } while !isEmpty && cork.count < limit
    if isEmpty { removeAll() }
    return true
  }

  /// An idle connection's queue owns no memory.
  mutating func removeAll() {
    items = []
    head = 0
    bytes = 0
  }
}
