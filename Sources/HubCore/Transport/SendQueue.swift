internal import Bytes
internal import HubProtocol
internal import Limits
internal import Primitives

/// The frames that a connection is owed, in order, and the rules for a client that does not keep up.
///
/// Frames are shared with everybody else who is sent them; only the queue itself is the
/// connection's own. Pings, pongs and the close frame are exempt: they count neither as bytes nor
/// as age. Times are nanoseconds that never go back.
struct SendQueue {
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
    var isAnswer = false
  }

  private var queue = Fifo<Item>()
  /// Exempt frames that overtake the queue, and those that go behind it.
  private var urgent: [[UInt8]] = []
  private var last: [[UInt8]] = []
  /// Bytes of the frames that count.
  private(set) var bytes = 0
  /// Those among them that the client has asked for at once: a long history says nothing of how
  /// well it reads.
  private var answerBytes = 0
  /// Conflating walks through the whole queue. It waits until this much is there, so that a queue
  /// that grows frame by frame is not walked through for each of them.
  private var nextConflation = 0
  /// How often the client was so slow that the queue was gone through.
  private(set) var conflations = 0
  /// How many events it was not sent because newer ones had come.
  private(set) var dropped = 0

  var isEmpty: Bool { queue.isEmpty && urgent.isEmpty && last.isEmpty }
  var count: Int { queue.count + urgent.count + last.count }

  /// Whether the client keeps up at `now`.
  func verdict(at now: UInt64, limits: Limits = Limits()) -> Verdict {
    bytes - answerBytes > limits.mostBytes || age(at: now) > limits.mostNanoseconds ? .close : .keep
  }

  private func isSlow(at now: UInt64, _ limits: Limits) -> Bool {
    bytes > limits.easyBytes || age(at: now) > limits.easyNanoseconds
  }

  /// How long the oldest frame that counts has waited.
  private func age(at now: UInt64) -> UInt64 { queue.isEmpty ? 0 : now &- queue[0].at }

  /// Adds a frame at `now`.
  ///
  /// - Parameter topic: the frame's topic if only its newest event matters to a slow reader.
  mutating func append(
    _ frame: [UInt8], conflating topic: TopicName? = nil, at now: UInt64,
    limits: Limits = Limits()
  ) -> Verdict {
    queue.append(Item(frame: frame, conflating: topic, at: now))
    bytes += frame.count
    guard isSlow(at: now, limits) else { return .keep }
    if bytes > nextConflation || verdict(at: now, limits: limits) == .close {
      conflate()
      nextConflation = bytes + limits.easyBytes / 4
    }
    return verdict(at: now, limits: limits)
  }

  /// Adds the answer to a question at `now`, however long it is; but who asks on and on without
  /// reading is too slow like anybody else.
  mutating func appendAnswer(
    _ frame: [UInt8], at now: UInt64, limits: Limits = Limits()
  ) -> Verdict {
    guard answerBytes <= limits.mostBytes else { return .close }
    queue.append(Item(frame: frame, conflating: nil, at: now, isAnswer: true))
    bytes += frame.count
    answerBytes += frame.count
    return verdict(at: now, limits: limits)
  }

  /// Adds a ping or pong, in front of everything but its like. `false` if so many wait already
  /// that this is a flood; then it is to be queued, and counted, like anything else.
  @discardableResult
  mutating func appendUrgent(_ frame: [UInt8]) -> Bool {
    guard urgent.count < 64 else { return false }
    urgent.append(frame)
    return true
  }

  /// Adds the close frame, behind everything.
  mutating func appendLast(_ frame: [UInt8]) { last.append(frame) }

  /// Keeps only the newest event of each topic that conflates, in its place.
  private mutating func conflate() {
    conflations += 1
    var seen: Set<TopicName> = []
    var spared = 0
    let before = queue.count
    queue.removeFromEnd { item in
      guard let topic = item.conflating, !seen.insert(topic).inserted else { return false }
      spared += item.frame.count
      return true
    }
    bytes -= spared
    dropped += before - queue.count
  }

  /// Moves frames into `output` until it holds `limit` bytes; false if there was nothing to move.
  mutating func fill(
    _ output: inout ByteBuffer, upTo limit: Int, at now: UInt64, limits: Limits = Limits()
  ) -> Bool {
    guard !isEmpty else { return false }
    if isSlow(at: now, limits) { conflate() }
    nextConflation = 0
    for frame in urgent { output.append(frame) }
    if !urgent.isEmpty { urgent = [] }
    takeFrames(&output, upTo: limit)
    guard queue.isEmpty, !last.isEmpty else { return true }
    for frame in last { output.append(frame) }
    last = []
    return true
  }

  private mutating func takeFrames(_ output: inout ByteBuffer, upTo limit: Int) {
    var taken = 0
    let room = limit - output.count
    var moved = 0
    while taken < queue.count && moved < room {
      output.append(queue[taken].frame)
      moved += queue[taken].frame.count
      if queue[taken].isAnswer { answerBytes -= queue[taken].frame.count }
      taken += 1
    }
    bytes -= moved
    if taken < queue.count {
      // Lets go of the bytes now; the queue may hold on to the places for a while.
      for place in 0..<taken { queue[place].frame = [] }
    }
    queue.removeFirst(taken)
  }

  mutating func removeAll() {
    let dropped = dropped
    self = SendQueue()
    self.dropped = dropped
  }
}

extension ServerLimits {
  /// Bounds of a connection's queue.
  var sendQueue: SendQueue.Limits {
    SendQueue.Limits(
      easyBytes: queueSoft > 0 ? queueSoft : .max,
      easyNanoseconds: ServerLimits.nanoseconds(queueSoftMilliseconds),
      mostBytes: queueHard > 0 ? queueHard : .max,
      mostNanoseconds: ServerLimits.nanoseconds(queueHardMilliseconds))
  }

  private static func nanoseconds(_ milliseconds: Int) -> UInt64 {
    milliseconds > 0 ? UInt64(milliseconds) * 1_000_000 : .max
  }
}
