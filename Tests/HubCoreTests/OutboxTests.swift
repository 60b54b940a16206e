import Bytes
import Testing

@testable import HubCore
@testable import HubProtocol

private let limits = Outbox.Limits(
  easyBytes: 1000, easyNanoseconds: 2000, mostBytes: 4000, mostNanoseconds: 10_000)

private func topic(_ number: Int) -> TopicName { TopicName("stock.\(number)").unsafelyUnwrapped }

private func frame(_ byte: UInt8, _ length: Int = 100) -> [UInt8] {
  [UInt8](repeating: byte, count: length)
}

extension Outbox {
  fileprivate mutating func add(
    _ byte: UInt8, _ conflating: TopicName? = nil, at now: UInt64 = 0
  ) -> Verdict {
    append(frame(byte), conflating: conflating, at: now, limits: limits)
  }

  /// What is sent next: the first byte of each frame of a hundred.
  fileprivate mutating func send(_ limit: Int = 1 << 20, at now: UInt64 = 0) -> [UInt8] {
    var cork = ByteBuffer()
    _ = fill(&cork, upTo: limit, at: now, limits: limits)
    let bytes = [UInt8](cork)
    return stride(from: 0, to: bytes.count, by: 100).map { bytes[$0] }
  }
}

@Suite struct `An outbox` {
  @Test func `sends everything in order and is empty then`() {
    var outbox = Outbox()
    #expect(outbox.isEmpty && outbox.verdict(at: 99_999, limits: limits) == .keep)
    for byte in UInt8(1)...5 { #expect(outbox.add(byte, topic(1)) == .keep) }
    #expect(outbox.bytes == 500 && outbox.count == 5)
    #expect(outbox.send() == [1, 2, 3, 4, 5] && outbox.isEmpty && outbox.bytes == 0)
    var cork = ByteBuffer()
    #expect(outbox.fill(&cork, upTo: 100, at: 0) == false)
  }

  @Test func `stops when the cork is full`() {
    var outbox = Outbox()
    for byte in UInt8(1)...9 { _ = outbox.add(byte) }
    #expect(outbox.send(350) == [1, 2, 3, 4] && outbox.bytes == 500)
    #expect(outbox.send(100) == [5] && outbox.send() == [6, 7, 8, 9])
  }

  @Test func `of a slow reader keeps the newest event of each conflating topic`() {
    var outbox = Outbox()
    var verdicts: [Outbox.Verdict] = []
    for round in UInt8(0)..<10 {
      verdicts.append(outbox.add(10 + round, topic(1)))
      verdicts.append(outbox.add(30 + round, topic(2)))
      if round % 5 == 0 { verdicts.append(outbox.add(50 + round)) }
    }
    #expect(!verdicts.contains(.close) && outbox.bytes < 1300)
    let sent = outbox.send(at: 2001)
    #expect(outbox.dropped == 22 - sent.count)
    outbox.removeAll()
    #expect(outbox.dropped == 22 - sent.count)
    // What does not conflate is all there, and everything is in its order.
    #expect(sent.filter { $0 >= 50 } == [50, 55] && sent.suffix(2) == [19, 39])
  }

  @Test func `of a queue two seconds old sends only the newest states`() {
    var outbox = Outbox()
    for byte in UInt8(1)...5 { _ = outbox.add(byte, topic(1)) }
    _ = outbox.add(6, at: 1000)
    var young = outbox
    #expect(young.send(at: 2000) == [1, 2, 3, 4, 5, 6])
    #expect(outbox.send(at: 2001) == [5, 6] && outbox.bytes == 0)
  }

  @Test func `gives up a reader that is far too slow`() {
    var outbox = Outbox()
    for number in 1...40 { #expect(outbox.add(1) == .keep, "after \(number)") }
    #expect(outbox.add(1) == .close)
    var old = Outbox()
    _ = old.add(1)
    #expect(old.verdict(at: 10_000, limits: limits) == .keep)
    #expect(old.verdict(at: 10_001, limits: limits) == .close)
    #expect(old.add(2, at: 10_001) == .close)
  }

  @Test func `never gives up a slow reader of states`() {
    var outbox = Outbox()
    for number in 0..<10_000 { #expect(outbox.add(1, topic(number % 5)) == .keep) }
    #expect(outbox.bytes < 1500 && outbox.count < 15)
  }

  @Test func `counts the age of what waits and not of what was sent`() {
    var outbox = Outbox()
    _ = outbox.add(1)
    _ = outbox.add(2, at: 9_000)
    #expect(outbox.send(100, at: 9_000) == [1])
    #expect(outbox.verdict(at: 18_000, limits: limits) == .keep)
  }

  @Test func `lets pings overtake, closes last and counts neither`() {
    var outbox = Outbox()
    for byte in UInt8(1)...2 { _ = outbox.add(byte) }
    outbox.appendLast(frame(9))
    outbox.appendUrgent(frame(7))
    outbox.appendUrgent(frame(8))
    _ = outbox.add(3)
    #expect(outbox.bytes == 300 && outbox.count == 6)
    #expect(outbox.send(300) == [7, 8, 1] && outbox.send() == [2, 3, 9])
    outbox.appendUrgent(frame(7))
    outbox.appendLast(frame(9))
    #expect(outbox.verdict(at: .max, limits: limits) == .keep && !outbox.isEmpty)
    outbox.removeAll()
    #expect(outbox.isEmpty)
  }

  @Test func `lets only so many pings overtake that a flood of them counts like anything else`() {
    var outbox = Outbox()
    let taken = (0..<100).count { _ in outbox.appendUrgent(frame(7)) }
    #expect(taken == 64 && outbox.count == 64)
  }

  @Test func `is not walked through for each event of a slow reader`() {
    let limits = Outbox.Limits(mostBytes: 1 << 30, mostNanoseconds: .max)
    var outbox = Outbox()
    for number in 0..<20_000 {
      let state = number % 2 == 0 ? topic(number) : nil
      _ = outbox.append(frame(1), conflating: state, at: 0, limits: limits)
    }
    #expect(outbox.count == 20_000 && outbox.conflations == 27)
  }

  @Test func `a long answer says nothing of how a client reads, many of them do`() {
    var outbox = Outbox()
    #expect(outbox.appendAnswer(frame(1, 9000), at: 0, limits: limits) == .keep)
    #expect(outbox.add(2) == .keep)
    #expect(outbox.appendAnswer(frame(1), at: 0, limits: limits) == .close)
    var cork = ByteBuffer()
    #expect(outbox.fill(&cork, upTo: 1 << 20, at: 0, limits: limits))
    #expect(outbox.bytes == 0)
    #expect(outbox.appendAnswer(frame(1, 9000), at: 0, limits: limits) == .keep)
  }
}
