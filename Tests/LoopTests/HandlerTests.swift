import Loop
import Testing

/// How a handler of a plugin runs: on the loop, away at an `await`, and back.
@Suite(.timeLimit(.minutes(3))) struct `A handler on a loop` {
  @Test func `is finished before the next line if it never waits`() async {
    let bench = Bench()
    defer { bench.end() }
    let log = await bench.recorder.run { me in
      me.handle { me in me.note("handled") }
      return me.log.filter { $0 != "flush" }
    }
    #expect(log == ["handled"])
  }

  @Test func `comes back to the loop from an actor on a blocking thread`() async {
    let bench = Bench()
    let database = Database()
    await withCheckedContinuation { done in
      Task {
        await bench.recorder.run { me in
          me.handle { me in
            #expect(bench.loop.isCurrent)
            let answer = await database.query { bench.loop.isCurrent }
            #expect(!answer)
            #expect(bench.loop.isCurrent)
            me.note("answered")
            done.resume()
          }
        }
      }
    }
    #expect(await bench.recorder.settled() == ["answered"])
    bench.end()
    database.thread.stop()
    database.thread.join()
  }

  @Test func `leaves the loop for concurrent work and comes back`() async {
    let bench = Bench()
    defer { bench.end() }
    let wasAway = await bench.recorder.awayAndBack()
    #expect(wasAway)
  }
}

extension Recorder {
  fileprivate func handle(_ handler: @escaping @Sendable (isolated Recorder) async -> Void) {
    Task.immediate { await handler(self) }
  }

  fileprivate func awayAndBack() async -> Bool {
    let wasAway = await isAway(from: loop)
    return wasAway && loop.isCurrent
  }
}

@concurrent private func isAway(from loop: EventLoop) async -> Bool { !loop.isCurrent }

/// Stands for a store.
private actor Database {
  nonisolated let thread = BlockingThread(name: "database")
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  func query(_ body: @Sendable () -> Bool) -> Bool { body() }
}
