internal import Bytes

/// What one connection is still to be sent, and whether it reads fast enough.
///
/// Frames are shared with the publications they come from. Pings, pongs and the close frame are
/// exempt: they count neither as bytes nor as age. Times are milliseconds that never go back.
struct Outbox {
  struct Limits: Equatable, Sendable {
    /// Above this much or this old, topics where only the newest event counts are thinned out.
    var slowBytes = 256 << 10
    var slowAge: Int64 = 2_000
    /// Above this the connection is closed with 4103.
    var closeBytes = 1 << 20
    var closeAge: Int64 = 10_000
  }

  enum Verdict: Equatable {
    case keep
    /// Slow: conflating topics keep only their newest event.
    case conflate
    /// Far too slow: close with 4103. The client comes back and recovers by offset.
    case close
  }

  private struct Item {
    var frame: [UInt8]
    /// Where a newer event of the same topic may take its place.
    let topic: TopicID?
    /// `nil` for what is exempt.
    let queuedAt: Int64?
  }

  private var queue = Fifo<Item>()
  /// Pings and pongs overtake everything that has not begun to be sent.
  private var urgent = Fifo<[UInt8]>()
  /// How much of the first frame, urgent or not, is sent already.
  private var sent = 0
  private var isUrgentBegun = false
  /// Bytes that wait, without the exempt ones.
  private(set) var bytes = 0
  /// Thinning out walks through the queue, so it waits until enough has come to be worth it.
  private var nextThinning = 0

  var isEmpty: Bool { queue.isEmpty && urgent.isEmpty }
  /// How many frames wait.
  var count: Int { queue.count + urgent.count }

  /// When the oldest frame that counts was queued.
  private var oldest: Int64? { queue.elements.lazy.compactMap(\.queuedAt).first }

  func verdict(at now: Int64, _ limits: Limits) -> Verdict {
    guard bytes > 0 else { return .keep }
    let age = oldest.map { now - $0 } ?? 0
    if bytes > limits.closeBytes || age > limits.closeAge { return .close }
    return bytes > limits.slowBytes || age > limits.slowAge ? .conflate : .keep
  }
}

// In.
extension Outbox {
  /// Queues one frame. With a `topic` it replaces older events of that topic when the connection
  /// is slow.
  mutating func append(
    _ frame: [UInt8], conflating topic: TopicID? = nil, at now: Int64, _ limits: Limits
  ) -> Verdict {
    if frame.isEmpty { return verdict(at: now, limits) }
    queue.append(Item(frame: frame, topic: topic, queuedAt: now))
    bytes += frame.count
    let verdict = verdict(at: now, limits)
    guard verdict == .close || verdict == .conflate && bytes >= nextThinning else { return verdict }
    thinOut()
    nextThinning = bytes + limits.slowBytes / 4
    return self.verdict(at: now, limits)
  }

  /// Queues a ping or pong.
  mutating func appendUrgent(_ frame: [UInt8]) { urgent.append(frame) }

  /// Queues the close frame; nothing is sent after it.
  mutating func appendClose(_ frame: [UInt8]) {
    queue.append(Item(frame: frame, topic: nil, queuedAt: nil))
  }

  /// Forgets everything but what has begun to be sent: a frame cut off would be no WebSocket any
  /// more, and the close frame could not follow.
  mutating func abandon() {
    let begun = sent > 0 && !isUrgentBegun ? queue[0] : nil
    let begunUrgent = sent > 0 && isUrgentBegun ? urgent[0] : nil
    queue.removeAll()
    urgent.removeAll()
    bytes = 0
    if let begunUrgent { urgent.append(begunUrgent) }
    guard let begun else { return }
    queue.append(begun)
    if begun.queuedAt != nil { bytes = begun.frame.count - sent }
  }

  /// Drops events that a newer one of their topic has made useless, unless they have begun.
  private mutating func thinOut() {
    var seen: Set<TopicID> = []
    var dropped = 0
    let begun = sent > 0 && !isUrgentBegun
    var left = queue.count
    queue.removeFromEnd { item in
      left -= 1
      guard let topic = item.topic, !(begun && left == 0) else { return false }
      if seen.insert(topic).inserted { return false }
      dropped += item.frame.count
      return true
    }
    bytes -= dropped
  }
}

// Out.
extension Outbox {
  /// Moves frames to `out` until it holds `limit` bytes; a frame may be cut there and go on with
  /// the next call.
  mutating func fill(
    _ out: inout ByteBuffer, upTo limit: Int, at now: Int64, _ limits: Limits
  ) {
    if verdict(at: now, limits) != .keep { thinOut() }
    while out.count < limit, !isEmpty {
      let isUrgent = sent > 0 ? isUrgentBegun : !urgent.isEmpty
      move(isUrgent, to: &out, limit - out.count)
    }
    if bytes < limits.slowBytes { nextThinning = 0 }
  }

  private mutating func move(_ isUrgent: Bool, to out: inout ByteBuffer, _ room: Int) {
    let frame = isUrgent ? urgent[0] : queue[0].frame
    let amount = min(room, frame.count - sent)
    if sent == 0, amount == frame.count {
      out.append(frame)
    } else {
      out.append(frame.span.extracting(sent..<sent + amount))
    }
    if !isUrgent, queue[0].queuedAt != nil { bytes -= amount }
    sent += amount
    isUrgentBegun = isUrgent
    if sent == frame.count { removeFirst(isUrgent) }
  }

  private mutating func removeFirst(_ isUrgent: Bool) {
    sent = 0
    isUrgentBegun = false
    if isUrgent {
      urgent.removeFirst()
    } else {
      // Lets go of the bytes now; the queue itself may hold on to the place for a while.
      queue[0].frame = []
      queue.removeFirst()
    }
  }
}
