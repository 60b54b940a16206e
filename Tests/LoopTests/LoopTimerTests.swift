import Loop
import Primitives
import Testing

@Suite(.timeLimit(.minutes(3))) struct `A loop's timers` {
  @Test func `fire when the time is turned, for the client and for closures`() async {
    let bench = Bench()
    defer { bench.end() }
    await bench.recorder.run { me in
      _ = me.loop.schedule(after: .seconds(10), token: 1)
      me.loop.schedule(after: .seconds(5)) { [unowned me] in
        me.assumeIsolated { $0.note("closure") }
      }
    }
    bench.time.advance(by: .milliseconds(4_999))
    #expect(await bench.recorder.settled() == [])
    bench.time.advance(by: .milliseconds(20))
    #expect(await bench.recorder.settled() == ["closure"])
    bench.time.advance(by: .seconds(5))
    #expect(await bench.recorder.settled() == ["closure", "timer 1"])
  }

  @Test func `can be cancelled and moved`() async {
    let bench = Bench()
    defer { bench.end() }
    await bench.recorder.run { me in
      let token = me.loop.schedule(after: .seconds(1), token: 1)
      let closure = me.loop.schedule(after: .seconds(1)) { Issue.record("was cancelled") }
      let moved = me.loop.schedule(after: .seconds(1), token: 2)
      #expect(me.loop.cancel(token))
      #expect(me.loop.cancel(closure))
      #expect(!me.loop.cancel(closure))
      #expect(me.loop.rearm(moved, after: .seconds(3)))
    }
    bench.time.advance(by: .seconds(2))
    #expect(await bench.recorder.settled() == [])
    bench.time.advance(by: .seconds(2))
    #expect(await bench.recorder.settled() == ["timer 2"])
  }

  @Test func `wake the loop when the time is turned, and only then`() async {
    let bench = Bench()
    defer { bench.end() }
    await withCheckedContinuation { done in
      bench.loop.post { bench.loop.schedule(after: .milliseconds(1)) { done.resume() } }
      Task {
        await bench.loop.finishTurn()
        await bench.loop.finishTurn()
        let turns = bench.loop.statistics.turns
        // Longer than the timer, by the clock on the wall.
        let end = SystemTime().monotonic + 20_000_000
        while SystemTime().monotonic < end { await Task.yield() }
        #expect(bench.loop.statistics.turns == turns)
        bench.time.advance(by: .milliseconds(20))
      }
    }
  }

  @Test func `let go of a closure that was cancelled`() async {
    final class Witness: Sendable {}
    let bench = Bench()
    defer { bench.end() }
    await bench.recorder.run { me in
      weak var witness: Witness?
      let timer: EventLoop.Timer
      do {
        let captured = Witness()
        witness = captured
        timer = me.loop.schedule(after: .seconds(1)) { _ = captured }
      }
      #expect(witness != nil)
      me.loop.cancel(timer)
      #expect(witness == nil)
    }
  }

  @Test func `may be scheduled from a timer, and then fire in a later turn`() async {
    let bench = Bench()
    defer { bench.end() }
    await bench.recorder.run { $0.beat(every: .seconds(1)) }
    for _ in 0..<3 {
      bench.time.advance(by: .milliseconds(1_010))
      await bench.loop.finishTurn()
    }
    #expect(await bench.recorder.settled() == ["beat", "beat", "beat"])
  }

  @Test func `fire by themselves on the clock of the machine`() async {
    let loop = EventLoop()
    loop.start(name: "clock")
    let began = SystemTime().monotonic
    await withCheckedContinuation { done in
      loop.post { loop.schedule(after: .milliseconds(30)) { done.resume() } }
    }
    #expect(SystemTime().monotonic - began >= 30_000_000)
    loop.stop()
    loop.join()
  }

  @Test func `fire for closures when the loop has no client`() async {
    let time = ManualTime()
    let loop = EventLoop(time: time)
    loop.start(name: "alone")
    let fired = Locked(false)
    loop.post { loop.schedule(after: .seconds(1)) { fired.withLock { $0 = true } } }
    await loop.finishTurn()
    time.advance(by: .seconds(2))
    await loop.finishTurn()
    #expect(fired.withLock { $0 })
    loop.stop()
    loop.join()
  }
}

extension Recorder {
  fileprivate func beat(every interval: Duration) {
    loop.schedule(after: interval) { [unowned self] in
      assumeIsolated { me in
        me.note("beat")
        me.beat(every: interval)
      }
    }
  }
}
