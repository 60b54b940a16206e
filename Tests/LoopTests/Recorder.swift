import Loop

/// An actor that lives on a loop and writes down what the loop tells it.
actor Recorder: LoopClient {
  nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private(set) var log: [String] = []
  private(set) var watches: [EventLoop.Watch] = []
  private var onFlush: (@Sendable (isolated Recorder) -> Void)?

  init(_ loop: EventLoop) { self.loop = loop }

  nonisolated func loopReady(_ ready: [Readiness]) {
    assumeIsolated { me in me.log.append(contentsOf: ready.map { "ready \($0.token)" }) }
  }

  nonisolated func loopTimersDue() {
    assumeIsolated { me in
      while let token = me.loop.nextDueTimer() { me.log.append("timer \(token)") }
    }
  }

  nonisolated func loopWillSleep() {
    assumeIsolated { me in
      if !me.log.isEmpty && me.log.last != "flush" { me.log.append("flush") }
      if let action = me.onFlush.take() { action(me) }
    }
  }

  /// Runs `action` in the flush of a turn, once.
  func atNextFlush(_ action: @escaping @Sendable (isolated Recorder) -> Void) { onFlush = action }

  func note(_ text: String) { log.append(text) }
  func keep(_ watch: EventLoop.Watch) { watches.append(watch) }
  func forget() { log = [] }
  func run<Result: Sendable>(
    _ body: @Sendable (isolated Recorder) throws -> Result
  ) rethrows -> Result { try body(self) }

  /// What was written down until a whole turn has passed, without the flushes.
  func settled() async -> [String] {
    await loop.finishTurn()
    return log.filter { $0 != "flush" }
  }
}

/// A loop and its recorder, running.
struct Bench: Sendable {
  let time = ManualTime()
  let loop: EventLoop
  let recorder: Recorder

  init(longTurn: Duration = .milliseconds(20), onLongTurn: (@Sendable (UInt64) -> Void)? = nil) {
    loop = EventLoop(time: time, longTurn: longTurn, onLongTurn: onLongTurn)
    recorder = Recorder(loop)
    loop.start(name: "bench", client: recorder)
  }

  func end() {
    loop.stop()
    loop.join()
  }
}
