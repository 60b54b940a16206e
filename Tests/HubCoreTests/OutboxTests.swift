import Bytes
import Testing

@testable import HubCore

private let limits = Outbox.Limits(
  slowBytes: 1000, slowAge: 2000, closeBytes: 4000, closeAge: 10_000)
private let stock = TopicID(index: 1)
private let news = TopicID(index: 2)

private func frame(_ byte: UInt8, _ length: Int = 100) -> [UInt8] {
  [UInt8](repeating: byte, count: length)
}

extension Outbox {
  /// What is sent next, as runs of equal bytes.
  fileprivate mutating func send(_ limit: Int = 1 << 20, at now: Int64 = 0) -> [[Int]] {
    var out = ByteBuffer()
    fill(&out, upTo: limit, at: now, limits)
    var runs: [[Int]] = []
    for byte in [UInt8](out).map(Int.init) {
      if runs.last?[0] == byte { runs[runs.count - 1][1] += 1 } else { runs.append([byte, 1]) }
    }
    return runs
  }
}

@Suite struct `An outbox` {
  @Test func `sends everything in order and is empty then`() {
    var outbox = Outbox()
    #expect(outbox.isEmpty && outbox.verdict(at: 99_999, limits) == .keep)
    for byte in UInt8(1)...5 {
      #expect(outbox.append(frame(byte), conflating: stock, at: 0, limits) == .keep)
    }
    #expect(outbox.bytes == 500 && outbox.count == 5)
    #expect(outbox.send() == (1...5).map { [$0, 100] })
    #expect(outbox.isEmpty && outbox.bytes == 0)
  }

  @Test(arguments: [1, 7, 100, 101, 250])
  func `cuts frames where the room ends and goes on there`(room: Int) {
    var outbox = Outbox()
    for byte in UInt8(1)...5 { _ = outbox.append(frame(byte), at: 0, limits) }
    var sent: [Int: Int] = [:]
    var order: [Int] = []
    while !outbox.isEmpty {
      let before = outbox.bytes
      let runs = outbox.send(room)
      #expect(runs.map { $0[1] }.reduce(0, +) == min(room, before))
      for run in runs {
        sent[run[0], default: 0] += run[1]
        if order.last != run[0] { order.append(run[0]) }
      }
    }
    #expect(order == [1, 2, 3, 4, 5] && sent.values.allSatisfy { $0 == 100 } && outbox.bytes == 0)
  }

  @Test func `fills up behind what the buffer holds`() {
    var outbox = Outbox()
    var out = ByteBuffer()
    out.append(frame(9, 950))
    _ = outbox.append(frame(1), at: 0, limits)
    outbox.fill(&out, upTo: 1000, at: 0, limits)
    #expect(out.count == 1000 && outbox.bytes == 50)
  }

  @Test func `of a slow reader keeps the newest event of each conflating topic`() {
    var outbox = Outbox()
    var verdicts: [Outbox.Verdict] = []
    for round in UInt8(0)..<10 {
      verdicts.append(outbox.append(frame(10 + round), conflating: stock, at: 0, limits))
      verdicts.append(outbox.append(frame(30 + round), conflating: news, at: 0, limits))
      if round % 5 == 0 { verdicts.append(outbox.append(frame(50 + round), at: 0, limits)) }
    }
    #expect(!verdicts.contains(.close) && outbox.bytes < 1300)
    // What is not conflating is all there, and everything is in its order.
    let sent = outbox.send(at: 2001)
    #expect(sent.map { $0[0] }.filter { $0 >= 50 } == [50, 55])
    #expect(sent.map { $0[0] }.suffix(2) == [19, 39])
  }

  @Test func `of a queue two seconds old sends only the newest states`() {
    var outbox = Outbox()
    for byte in UInt8(1)...5 { _ = outbox.append(frame(byte), conflating: stock, at: 0, limits) }
    _ = outbox.append(frame(6), at: 1000, limits)
    #expect(outbox.verdict(at: 2000, limits) == .keep)
    #expect(outbox.verdict(at: 2001, limits) == .conflate)
    #expect(outbox.send(at: 2001) == [[5, 100], [6, 100]])
    #expect(outbox.bytes == 0)
  }

  @Test func `never drops an event that has begun to be sent`() {
    var outbox = Outbox()
    for byte in UInt8(1)...3 { _ = outbox.append(frame(byte), conflating: stock, at: 0, limits) }
    #expect(outbox.send(30) == [[1, 30]])
    #expect(outbox.send(at: 5000) == [[1, 70], [3, 100]])
    #expect(outbox.isEmpty && outbox.bytes == 0)
  }

  @Test func `gives up a reader that is far too slow`() {
    var outbox = Outbox()
    var verdict = Outbox.Verdict.keep
    var appended = 0
    while verdict != .close {
      verdict = outbox.append(frame(1), at: 0, limits)
      appended += 1
      #expect(verdict == (appended <= 10 ? .keep : appended <= 40 ? .conflate : .close))
    }
    #expect(appended == 41)
    var old = Outbox()
    _ = old.append(frame(1), at: 0, limits)
    #expect(
      old.verdict(at: 10_000, limits) == .conflate && old.verdict(at: 10_001, limits) == .close)
  }

  @Test func `never gives up a slow reader of states`() {
    var outbox = Outbox()
    for number in 0..<10_000 {
      let topic = TopicID(index: number % 5)
      #expect(outbox.append(frame(1), conflating: topic, at: 0, limits) != .close)
    }
    #expect(outbox.bytes < 1500 && outbox.count < 15)
  }

  @Test func `counts the age of what waits and not of what was sent`() {
    var outbox = Outbox()
    _ = outbox.append(frame(1), at: 0, limits)
    _ = outbox.append(frame(2), at: 9_000, limits)
    #expect(outbox.send(100, at: 9_000) == [[1, 100]])
    #expect(outbox.verdict(at: 10_500, limits) == .keep)
  }

  @Test func `lets pings and pongs overtake and does not count them`() {
    var outbox = Outbox()
    for byte in UInt8(1)...2 { _ = outbox.append(frame(byte), at: 0, limits) }
    #expect(outbox.send(50) == [[1, 50]])
    outbox.appendUrgent(frame(8, 10))
    outbox.appendUrgent(frame(9, 10))
    outbox.appendClose(frame(7, 10))
    #expect(outbox.bytes == 150)
    #expect(outbox.send(55) == [[1, 50], [8, 5]])
    #expect(outbox.send() == [[8, 5], [9, 10], [2, 100], [7, 10]])
    outbox.appendUrgent(frame(8, 10))
    outbox.appendClose(frame(7, 10))
    #expect(outbox.verdict(at: 99_999, limits) == .keep)
  }

  @Test func `abandons everything but a frame that has begun`() {
    var outbox = Outbox()
    for byte in UInt8(1)...3 { _ = outbox.append(frame(byte), at: 0, limits) }
    _ = outbox.send(130)
    outbox.abandon()
    outbox.appendClose(frame(7, 10))
    #expect(outbox.bytes == 70 && outbox.send() == [[2, 70], [7, 10]])
    _ = outbox.append(frame(1), at: 0, limits)
    outbox.appendUrgent(frame(8, 10))
    _ = outbox.send(5)
    outbox.abandon()
    #expect(outbox.bytes == 0 && outbox.send() == [[8, 5]])
    _ = outbox.append(frame(1), at: 0, limits)
    outbox.abandon()
    #expect(outbox.isEmpty && outbox.bytes == 0)
  }
}
