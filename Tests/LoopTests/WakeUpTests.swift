import Loop
import Primitives
import Testing

// A lost wake-up leaves the loop asleep with work in front of it: these tests then never end, which
// the time limit turns into a failure.
@Suite(.timeLimit(.minutes(3))) struct `Waking a loop` {
  private static let writers = 8

  @Test func `loses no job of many tasks that each wait for their answer`() async {
    let bench = Bench()
    defer { bench.end() }
    await withTaskGroup { group in
      for _ in 0..<Self.writers {
        group.addTask {
          for _ in 0..<2_000 { await bench.recorder.bump() }
        }
      }
    }
    #expect(await bench.recorder.log.count { $0 == "bump" } == Self.writers * 2_000)
  }

  @Test func `loses no posted action`() async {
    let bench = Bench()
    defer { bench.end() }
    let counter = Locked(0)
    await withTaskGroup { group in
      for _ in 0..<Self.writers {
        group.addTask {
          for round in 0..<5_000 {
            bench.loop.post { counter.withLock { $0 += 1 } }
            if round % 50 == 0 { await Task.yield() }
          }
        }
      }
    }
    await bench.loop.finishTurn()
    #expect(counter.withLock { $0 } == Self.writers * 5_000)
  }

  @Test func `begins a turn after every wake`() async {
    let letters = Locked<[Int]>([])
    let reader = LetterReader(letters)
    let loop = EventLoop(time: ManualTime())
    loop.start(name: "reader", client: reader)
    await withTaskGroup { group in
      for writer in 0..<Self.writers {
        group.addTask {
          for _ in 0..<500 {
            letters.withLock { $0.append(writer) }
            loop.wake()
            while letters.withLock({ $0.contains(writer) }) { await Task.yield() }
          }
        }
      }
    }
    loop.stop()
    loop.join()
    #expect(reader.read.withLock { $0 } == Self.writers * 500)
  }

  @Test func `sleeps when there is nothing to do`() async {
    let bench = Bench()
    defer { bench.end() }
    await bench.loop.finishTurn()
    while bench.loop.statistics.busySince != nil { await Task.yield() }
    let before = bench.loop.statistics.turns
    for _ in 0..<1_000 { await Task.yield() }
    #expect(bench.loop.statistics.turns == before)
    await bench.loop.finishTurn()
    // The turn that was waited for, and nothing more than one that the answer may have caused.
    #expect(bench.loop.statistics.turns <= before + 2)
  }
}

extension Recorder {
  fileprivate func bump() { note("bump") }
}

/// Takes letters at the beginning of each turn, as workers do.
private final class LetterReader: LoopClient {
  private let letters: Locked<[Int]>
  let read = Locked(0)

  init(_ letters: Locked<[Int]>) { self.letters = letters }

  func loopReady(_ ready: [Readiness]) {
    let count = letters.withLock { letters in
      defer { letters = [] }
      return letters.count
    }
    read.withLock { $0 += count }
  }
  func loopTimersDue() {}
  func loopWillSleep() {}
}
