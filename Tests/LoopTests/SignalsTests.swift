import Glibc
import Loop
import Testing

// In processes of their own: signal handlers belong to the whole process.
@Suite(.timeLimit(.minutes(3))) struct `A signal` {
  @Test func `arrives on the loop instead of ending the process`() async {
    await #expect(processExitsWith: .success) {
      let loop = EventLoop()
      loop.start(name: "signals")
      let (signals, sink) = AsyncStream.makeStream(of: Signal.self)
      try Signals.deliver(on: loop) { signal in
        precondition(loop.isCurrent)
        sink.yield(signal)
      }
      var arriving = signals.makeAsyncIterator()
      for signal in Signal.allCases {
        kill(getpid(), signal.rawValue)
        let arrived = await arriving.next()
        precondition(arrived == signal)
      }
    }
  }

  @Test func `of a broken pipe is ignored on request`() async {
    await #expect(processExitsWith: .success) {
      Signals.ignoreBrokenPipes()
      kill(getpid(), SIGPIPE)
    }
  }

  @Test func `has the number that this system gives it`() {
    #expect(Signal.interrupt.rawValue == SIGINT)
    #expect(Signal.terminate.rawValue == SIGTERM)
    #expect(Signal.hangUp.rawValue == SIGHUP)
    #expect(Signal.user1.rawValue == SIGUSR1)
  }
}
