import Limits
import Testing

@testable import HubProtocol
@testable import HubTopics

/// A connection with a timer, served as its owner serves it, one millisecond after another.
private struct Line {
  let marks = Heartbeat.Marks(HeartbeatRules(), seed: 7)
  var heartbeat = Heartbeat()
  var now: Int64 = 0
  var lastByte: Int64 = 0
  var timer: Int64?
  var events: [String] = []

  init() { setTimer() }

  private mutating func setTimer() {
    timer = now + heartbeat.nextLook(silence: now - lastByte, marks)
  }

  mutating func receive() {
    lastByte = now
    guard heartbeat.heard() else { return }
    events.append("stable \(now)")
    setTimer()
  }

  mutating func wait(until end: Int64) {
    while let next = timer, next <= end {
      now = next
      let actions = heartbeat.look(silence: now - lastByte, marks)
      if actions.contains(.ping) { events.append("ping \(now)") }
      if actions.contains(.showUnstable) { events.append("unstable \(now)") }
      if actions.contains(.giveUp) {
        events.append("end \(now)")
        timer = nil
        return
      }
      setTimer()
    }
    now = end
  }
}

@Suite struct `A heartbeat` {
  @Test func `pings, shows and ends a silence at its marks`() {
    var line = Line()
    line.wait(until: 100_000)
    #expect(line.events == ["ping \(line.marks.ping)", "unstable 15000", "end 60000"])
  }

  @Test func `leaves a talkative connection alone`() {
    var line = Line()
    for second in Int64(1)...100 {
      line.wait(until: second * 1000)
      line.receive()
    }
    #expect(line.events == [])
  }

  @Test func `notices a second silence as soon as the first`() {
    var line = Line()
    line.wait(until: 20_000)
    line.receive()
    line.wait(until: 100_000)
    let again = 20_000 + line.marks.ping
    #expect(
      line.events == [
        "ping \(line.marks.ping)", "unstable 15000", "stable 20000", "ping \(again)",
        "unstable 35000", "end 80000",
      ])
  }

  @Test func `notices every silence in time, whatever came before it`() {
    for pause in stride(from: Int64(100), to: 59_000, by: 171) {
      var line = Line()
      for _ in 0..<3 {
        line.wait(until: line.now + pause)
        line.receive()
      }
      let lastByte = line.lastByte
      line.wait(until: lastByte + 70_000)
      #expect(
        line.events.suffix(2) == ["unstable \(lastByte + 15_000)", "end \(lastByte + 60_000)"])
    }
  }

  @Test func `pings at slightly different times for different connections`() {
    let pings = Set((UInt64(0)..<500).map { Heartbeat.Marks(HeartbeatRules(), seed: $0).ping })
    #expect(pings.count > 200 && pings.allSatisfy { (9_000...11_000).contains($0) })
  }
}
