import Bytes
import Testing

@testable import HubCore
@testable import HubProtocol

private let limits = SendQueue.Limits(
  easyBytes: 1000, easyNanoseconds: 2000, mostBytes: 4000, mostNanoseconds: 10_000)

private func topic(_ number: Int) -> TopicName { TopicName("stock.\(number)").unsafelyUnwrapped }

private func frame(_ byte: UInt8, _ length: Int = 100) -> [UInt8] {
  [UInt8](repeating: byte, count: length)
}

extension SendQueue {
  fileprivate mutating func add(
    _ byte: UInt8, _ conflating: TopicName? = nil, at now: UInt64 = 0
  ) -> Verdict {
    append(frame(byte), conflating: conflating, at: now, limits: limits)
  }

  /// The next frames to send, by the first byte of each; a frame has a hundred bytes.
  fileprivate mutating func send(_ limit: Int = 1 << 20, at now: UInt64 = 0) -> [UInt8] {
    var output = ByteBuffer()
    _ = fill(&output, upTo: limit, at: now, limits: limits)
    let bytes = [UInt8](output)
    return stride(from: 0, to: bytes.count, by: 100).map { bytes[$0] }
  }
}

@Suite struct `A send queue` {
  @Test func `sends everything in order and is empty then`() {
    var queue = SendQueue()
    #expect(queue.isEmpty && queue.verdict(at: 99_999, limits: limits) == .keep)
    for byte in UInt8(1)...5 { #expect(queue.add(byte, topic(1)) == .keep) }
    #expect(queue.bytes == 500 && queue.count == 5)
    #expect(queue.send() == [1, 2, 3, 4, 5] && queue.isEmpty && queue.bytes == 0)
    var output = ByteBuffer()
    #expect(queue.fill(&output, upTo: 100, at: 0) == false)
  }

  @Test func `stops when the output is full`() {
    var queue = SendQueue()
    for byte in UInt8(1)...9 { _ = queue.add(byte) }
    #expect(queue.send(350) == [1, 2, 3, 4] && queue.bytes == 500)
    #expect(queue.send(100) == [5] && queue.send() == [6, 7, 8, 9])
  }

  @Test func `of a slow reader keeps the newest event of each conflating topic`() {
    var queue = SendQueue()
    var verdicts: [SendQueue.Verdict] = []
    for round in UInt8(0)..<10 {
      verdicts.append(queue.add(10 + round, topic(1)))
      verdicts.append(queue.add(30 + round, topic(2)))
      if round % 5 == 0 { verdicts.append(queue.add(50 + round)) }
    }
    #expect(!verdicts.contains(.close) && queue.bytes < 1300)
    let sent = queue.send(at: 2001)
    #expect(queue.dropped == 22 - sent.count)
    queue.removeAll()
    #expect(queue.dropped == 22 - sent.count)
    // Events that do not conflate are all there, and everything is in its order.
    #expect(sent.filter { $0 >= 50 } == [50, 55] && sent.suffix(2) == [19, 39])
  }

  @Test func `of a queue two seconds old sends only the newest states`() {
    var queue = SendQueue()
    for byte in UInt8(1)...5 { _ = queue.add(byte, topic(1)) }
    _ = queue.add(6, at: 1000)
    var young = queue
    #expect(young.send(at: 2000) == [1, 2, 3, 4, 5, 6])
    #expect(queue.send(at: 2001) == [5, 6] && queue.bytes == 0)
  }

  @Test func `gives up a reader that is far too slow`() {
    var queue = SendQueue()
    for number in 1...40 { #expect(queue.add(1) == .keep, "after \(number)") }
    #expect(queue.add(1) == .close)
    var old = SendQueue()
    _ = old.add(1)
    #expect(old.verdict(at: 10_000, limits: limits) == .keep)
    #expect(old.verdict(at: 10_001, limits: limits) == .close)
    #expect(old.add(2, at: 10_001) == .close)
  }

  @Test func `never gives up a slow reader of states`() {
    var queue = SendQueue()
    for number in 0..<10_000 { #expect(queue.add(1, topic(number % 5)) == .keep) }
    #expect(queue.bytes < 1500 && queue.count < 15)
  }

  @Test func `counts the age of what waits and not of what was sent`() {
    var queue = SendQueue()
    _ = queue.add(1)
    _ = queue.add(2, at: 9_000)
    #expect(queue.send(100, at: 9_000) == [1])
    #expect(queue.verdict(at: 18_000, limits: limits) == .keep)
  }

  @Test func `lets pings overtake, closes last and counts neither`() {
    var queue = SendQueue()
    for byte in UInt8(1)...2 { _ = queue.add(byte) }
    queue.appendLast(frame(9))
    queue.appendUrgent(frame(7))
    queue.appendUrgent(frame(8))
    _ = queue.add(3)
    #expect(queue.bytes == 300 && queue.count == 6)
    #expect(queue.send(300) == [7, 8, 1] && queue.send() == [2, 3, 9])
    queue.appendUrgent(frame(7))
    queue.appendLast(frame(9))
    #expect(queue.verdict(at: .max, limits: limits) == .keep && !queue.isEmpty)
    queue.removeAll()
    #expect(queue.isEmpty)
  }

  @Test func `lets only so many pings overtake that a flood of them counts like anything else`() {
    var queue = SendQueue()
    let taken = (0..<100).count { _ in queue.appendUrgent(frame(7)) }
    #expect(taken == 64 && queue.count == 64)
  }

  @Test func `is not walked through for each event of a slow reader`() {
    let limits = SendQueue.Limits(mostBytes: 1 << 30, mostNanoseconds: .max)
    var queue = SendQueue()
    for number in 0..<20_000 {
      let state = number % 2 == 0 ? topic(number) : nil
      _ = queue.append(frame(1), conflating: state, at: 0, limits: limits)
    }
    #expect(queue.count == 20_000 && queue.conflations == 27)
  }

  @Test func `a long answer says nothing of how a client reads, many of them do`() {
    var queue = SendQueue()
    #expect(queue.appendAnswer(frame(1, 9000), at: 0, limits: limits) == .keep)
    #expect(queue.add(2) == .keep)
    #expect(queue.appendAnswer(frame(1), at: 0, limits: limits) == .close)
    var output = ByteBuffer()
    #expect(queue.fill(&output, upTo: 1 << 20, at: 0, limits: limits))
    #expect(queue.bytes == 0)
    #expect(queue.appendAnswer(frame(1, 9000), at: 0, limits: limits) == .keep)
  }
}
