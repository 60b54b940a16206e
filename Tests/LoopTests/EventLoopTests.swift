import Loop
import Primitives
import Testing

@Suite(.timeLimit(.minutes(3))) struct `An event loop` {
  @Test func `serves descriptors, jobs, timers and the flush in this order`() async throws {
    let bench = Bench()
    defer { bench.end() }
    let ends = try Ends()
    let recorder = bench.recorder
    try await recorder.run { me throws in
      try me.loop.register(ends.one.descriptor, token: 7, interest: .read)
      _ = me.loop.schedule(after: .milliseconds(100), token: 3)
    }
    await bench.loop.finishTurn()
    await recorder.run { me in
      me.atNextFlush { me in
        // All three become due between two turns.
        me.forget()
        bench.time.advance(by: .milliseconds(200))
        Task { me.note("job") }
        _ = ends.other.send([1])
      }
    }
    _ = await recorder.settled()
    _ = await recorder.settled()
    let log = await recorder.log
    #expect(log.prefix(4) == ["ready 7", "job", "timer 3", "flush"])
  }

  @Test func `does not sleep when the flush has made jobs`() async {
    let bench = Bench()
    defer { bench.end() }
    let recorder = bench.recorder
    await withCheckedContinuation { done in
      Task {
        await recorder.atNextFlush { me in
          Task {
            me.note("made by the flush")
            done.resume()
          }
        }
      }
    }
    #expect(await recorder.log.contains("made by the flush"))
  }

  @Test func `finishes a chain of jobs before it lets the client write`() async throws {
    let bench = Bench()
    defer { bench.end() }
    let recorder = bench.recorder
    await recorder.forget()
    await recorder.chain(of: 10)
    await bench.loop.finishTurn()
    let log = await recorder.log
    let chain = (0..<10).map { "link \($0)" } + ["flush"]
    let first = try #require(log.firstIndex(of: "link 0"))
    #expect(Array(log[first...].prefix(11)) == chain)
  }

  @Test func `lets descriptors have their turn while an action calls for itself for ever`()
    async throws
  {
    let bench = Bench()
    let ends = try Ends()
    try await bench.recorder.run { me throws in
      try me.loop.register(ends.one.descriptor, token: 9, interest: .read)
    }
    let isEnough = Locked(false)
    bench.loop.post {
      // Sent when this turn has polled already: only another turn can tell.
      _ = ends.other.send([1])
      callAgain(on: bench.loop, until: isEnough)
    }
    while await !bench.recorder.log.contains("ready 9") { await Task.yield() }
    isEnough.withLock { $0 = true }
    bench.end()
  }

  @Test func `runs jobs that came before its start, and those that came before its stop`() async {
    let loop = EventLoop(time: ManualTime())
    let recorder = Recorder(loop)
    let early = Task { await recorder.note("early") }
    loop.start(name: "late", client: recorder)
    await early.value
    #expect(await recorder.log.contains("early"))
    let last = Locked(false)
    await recorder.atNextFlush { me in
      loop.stop()
      // The flush of the turn that is the last one.
      me.atNextFlush { _ in loop.post { last.withLock { $0 = true } } }
    }
    loop.join()
    #expect(last.withLock { $0 })
  }

  @Test func `lets go of its client when it has stopped`() async {
    weak var gone: Recorder?
    do {
      let bench = Bench()
      gone = bench.recorder
      await bench.recorder.note("here")
      bench.end()
    }
    #expect(gone == nil)
  }

  @Test func `knows its own thread`() async {
    let bench = Bench()
    defer { bench.end() }
    #expect(!bench.loop.isCurrent)
    #expect(await bench.recorder.run { $0.loop.isCurrent })
  }

  @Test func `stops the program when its things are touched from elsewhere`() async {
    await #expect(processExitsWith: .failure) {
      let loop = EventLoop()
      loop.start(name: "owner")
      _ = loop.now
    }
  }

  @Test func `refuses tokens that are its own`() async {
    await #expect(processExitsWith: .failure) {
      let loop = EventLoop()
      loop.post { _ = loop.schedule(after: .seconds(1), token: 1 << 63) }
      loop.start(name: "owner")
      loop.join()
    }
  }

  @Test func `counts and reports turns that take too long`() async {
    let reported = Locked<[UInt64]>([])
    let bench = Bench(longTurn: .milliseconds(20)) { duration in
      reported.withLock { $0.append(duration) }
    }
    await bench.recorder.run { _ in bench.time.advance(by: .milliseconds(20)) }
    await bench.loop.finishTurn()
    #expect(bench.loop.statistics.longTurns == 0)
    await bench.recorder.run { _ in bench.time.advance(by: .milliseconds(21)) }
    await bench.loop.finishTurn()
    bench.end()
    #expect(bench.loop.statistics.longTurns == 1)
    #expect(bench.loop.statistics.longest == 21_000_000)
    #expect(reported.withLock { $0 } == [21_000_000])
  }

  @Test func `says since when it has been busy`() async {
    let bench = Bench()
    defer { bench.end() }
    let busySince = await bench.recorder.run { $0.loop.statistics.busySince }
    #expect(busySince == bench.time.monotonic)
  }

  @Test func `reads the clock once per turn`() async {
    let bench = Bench()
    defer { bench.end() }
    let (before, after) = await bench.recorder.run { me in
      let before = (me.loop.now, me.loop.unixMilliseconds)
      bench.time.advance(by: .seconds(1))
      return (before, (me.loop.now, me.loop.unixMilliseconds))
    }
    #expect(before == after)
    await bench.loop.finishTurn()
    let next = await bench.recorder.run { ($0.loop.now, $0.loop.unixMilliseconds) }
    #expect(next == (before.0 + 1_000_000_000, before.1 + 1000))
  }
}

extension Recorder {
  /// A task that notes its number, then makes the next one.
  fileprivate func chain(of length: Int, at index: Int = 0) {
    guard index < length else { return }
    Task {
      note("link \(index)")
      chain(of: length, at: index + 1)
    }
  }
}

private func callAgain(on loop: EventLoop, until isEnough: Locked<Bool>) {
  if isEnough.withLock({ $0 }) { return }
  loop.post { callAgain(on: loop, until: isEnough) }
}

/// A pair of sockets that closures can share.
final class Ends: Sendable {
  let one: Socket
  let other: Socket

  init() throws {
    let pair = try Socket.pair()
    one = pair.one
    other = pair.other
  }
}
