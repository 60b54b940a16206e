import Loop
import Testing

@Suite(.timeLimit(.minutes(3))) struct `Watching a descriptor` {
  @Test func `tells again while it is ready, and what the interest names`() async throws {
    let bench = Bench()
    defer { bench.end() }
    let ends = try Ends()
    try await bench.recorder.run { me throws in
      try me.loop.register(ends.one.descriptor, token: 1, interest: .write)
    }
    #expect(await bench.recorder.settled().contains("ready 1"))
    await bench.recorder.run { me in
      me.loop.modify(ends.one.descriptor, token: 2, interest: .read)
      me.forget()
    }
    #expect(await bench.recorder.settled() == [])
    _ = ends.other.send([1])
    #expect(await bench.recorder.settled().contains("ready 2"))
    await bench.recorder.run { me in
      me.loop.modify(ends.one.descriptor, token: 2, interest: [])
      me.forget()
    }
    #expect(await bench.recorder.settled() == [])
  }

  @Test func `ends with its removal`() async throws {
    let bench = Bench()
    defer { bench.end() }
    let ends = try Ends()
    try await bench.recorder.run { me throws in
      try me.loop.register(ends.one.descriptor, token: 1, interest: .read)
      me.loop.remove(ends.one.descriptor)
    }
    _ = ends.other.send([1])
    #expect(await bench.recorder.settled() == [])
  }

  @Test func `can be done by a closure, which is not called after it was forgotten`() async throws {
    let bench = Bench()
    defer { bench.end() }
    let (left, right) = (try Ends(), try Ends())
    try await bench.recorder.run { me throws in
      // Both are ready in one turn; whichever is told first forgets both.
      for ends in [left, right] {
        let descriptor = ends.one.descriptor.rawValue
        let watch = try me.loop.watch(descriptor, interest: .read) { [unowned me] _, readiness in
          #expect(readiness.isReadable && !readiness.isBroken)
          me.assumeIsolated { $0.forgetWatches() }
        }
        me.keep(watch)
      }
      _ = left.other.send([1])
      _ = right.other.send([1])
    }
    #expect(await bench.recorder.settled() == ["told"])
  }

  @Test func `can end and begin again`() async throws {
    let bench = Bench()
    defer { bench.end() }
    let ends = try Ends()
    try await bench.recorder.run { me throws in
      let descriptor = ends.one.descriptor.rawValue
      let watch = try me.loop.watch(descriptor, interest: .read) { _, _ in }
      #expect(throws: LoopError.self) {
        try me.loop.watch(descriptor, interest: .read) { _, _ in }
      }
      me.loop.unwatch(watch)
      try me.loop.watch(descriptor, interest: .read) { [unowned me] _, _ in
        me.assumeIsolated { $0.note("told") }
      }
      _ = ends.other.send([1])
    }
    #expect(await bench.recorder.settled().first == "told")
  }

  @Test func `says when the far end is gone`() async throws {
    let bench = Bench()
    defer { bench.end() }
    let pair = try Socket.pair()
    let one = pair.one
    let descriptor = one.descriptor.rawValue
    do { _ = consume pair.other }
    await withCheckedContinuation { done in
      bench.loop.post {
        do {
          try bench.loop.watch(descriptor, interest: []) { watch, readiness in
            #expect(readiness.isBroken && readiness.isReadable)
            bench.loop.unwatch(watch)
            done.resume()
          }
        } catch {
          Issue.record(error)
        }
      }
    }
    _ = consume one
  }
}

extension Recorder {
  fileprivate func forgetWatches() {
    note("told")
    for watch in watches { loop.unwatch(watch) }
  }
}
