internal import CLinux
internal import Primitives
internal import Synchronization

/// One thread that waits for descriptors, jobs and timers, and serves them turn by turn.
///
/// An actor that names the loop as its executor lives on this thread. A turn is: wait; tell the
/// client what is ready; run jobs; fire timers; let the client write out what has gathered.
/// In the steady state a turn allocates nothing.
///
/// It is deliberately no `TaskExecutor`: as a preference it would pull `@concurrent` functions and
/// other actors' work onto the loop. Tasks that begin on the loop are best made with
/// `Task.immediate` (0.3 µs): a plain `Task` runs here too, but ends with a detour over the shared
/// pool of threads, and whoever awaits it waits 7 µs.
///
/// @unchecked Sendable: what is not immutable, atomic or locked is touched by the loop's own thread
/// alone; every method that does so begins with `checkIsolated()`.
public final class EventLoop: SerialExecutor, @unchecked Sendable {
  /// Jobs that other threads enqueued.
  struct Inbox {
    var jobs: [UnownedJob] = []
    var actions: [@Sendable () -> Void] = []
    var turnWaiters: [CheckedContinuation<Void, Never>] = []
    var isWoken = false
    var isStopping = false
  }

  /// The clock that the loop and its timers go by.
  public let time: any TimeSource
  let poller = Poller()
  let inbox = Locked(Inbox())
  let meter: TurnMeter
  private let thread = Locked<Thread?>(nil)
  private let threadID = Atomic<UInt>(0)
  // True from before the last look into the inbox until the kernel has woken the loop.
  let isSleeping = Atomic<Bool>(false)

  // All below: only on the loop's thread.
  var wheel: TimerWheel
  var cachedNow: UInt64
  var cachedUnix: Int64?
  var turnEnd: UInt64
  var ready: [Readiness] = []
  var ownReady: [Readiness] = []
  var jobs: [UnownedJob] = []
  var actions: [@Sendable () -> Void] = []
  var watchers: [UInt64: (Readiness) -> Void] = [:]
  var timerActions: [UInt64: () -> Void] = [:]
  var lastOwnToken = Poller.ownBit

  /// A loop that does nothing yet; jobs for it wait until `start`.
  /// - Parameters:
  ///   - longTurn: a turn that takes longer than this is counted and reported.
  ///   - onLongTurn: called on the loop right after such a turn with its nanoseconds.
  public init(
    time: any TimeSource = SystemTime(), longTurn: Duration = .milliseconds(20),
    onLongTurn: (@Sendable (UInt64) -> Void)? = nil
  ) {
    self.time = time
    cachedNow = time.monotonic
    turnEnd = cachedNow
    wheel = TimerWheel(now: cachedNow)
    meter = TurnMeter(limit: longTurn.nanoseconds, report: onLongTurn)
    if time.isTurnedByHand { time.whenTurned { [weak self] in self?.wake() } }
  }

  /// Starts the thread. The loop keeps `client` alive until it has stopped.
  /// - Parameters:
  ///   - name: what `top -H` shows; the kernel keeps 15 bytes.
  ///   - core: the processor to stay on; nil leaves that to the kernel.
  public func start(name: String, core: Int? = nil, client: (any LoopClient)? = nil) {
    thread.withLock { thread in
      precondition(thread == nil, "an event loop starts once")
      thread = Thread(name: name, core: core) { self.run(for: client) }
    }
  }

  /// Asks the loop to end after it has run the jobs it has. From any thread. Jobs that come later
  /// never run, so whoever uses the loop must be finished before.
  public func stop() {
    inbox.withLock { $0.isStopping = true }
    interruptSleep()
  }

  /// Waits until the thread has ended. Not from the loop itself.
  public func join() {
    let thread = thread.withLock { $0.take() }
    thread?.join()
  }

  /// True on the loop's own thread.
  public var isCurrent: Bool { threadID.load(ordering: .relaxed) == Thread.current }

  /// How the loop has been doing. From any thread.
  public var statistics: TurnStatistics { meter.statistics }

  private func run(for client: (any LoopClient)?) {
    threadID.store(Thread.current, ordering: .relaxed)
    while !turn(for: client) {}
    runJobs()
    watchers.removeAll()
    timerActions.removeAll()
    threadID.store(0, ordering: .relaxed)
  }
}

extension EventLoop {
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    inbox.withLock { $0.jobs.append(job) }
    interruptSleep()
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    unsafe UnownedSerialExecutor(ordinary: self)
  }

  public func isIsolatingCurrentContext() -> Bool? { isCurrent }

  public func checkIsolated() {
    precondition(isCurrent, "this belongs to an event loop and was touched from another thread")
  }

  /// Runs `action` on the loop, in its next turn at the latest. From any thread.
  public func post(_ action: @escaping @Sendable () -> Void) {
    inbox.withLock { $0.actions.append(action) }
    interruptSleep()
  }

  /// Makes sure that a turn begins after this call. From any thread; several calls make one turn.
  public func wake() {
    inbox.withLock { $0.isWoken = true }
    interruptSleep()
  }

  /// Waits for the end of a whole turn that begins after this call.
  public func finishTurn() async {
    await withCheckedContinuation { waiter in
      inbox.withLock { $0.turnWaiters.append(waiter) }
      interruptSleep()
    }
  }

  /// Comes after something was put into the inbox. No wake-up is lost: the loop sets `isSleeping`
  /// before its last look into the inbox. Either that look came after the entry and found it, or
  /// it came before, and then the inbox's lock has carried the flag over to this thread: that is
  /// why relaxed loads and stores are enough.
  /// While the loop is awake this costs one load; of many callers only the first makes a system call.
  private func interruptSleep() {
    guard isSleeping.load(ordering: .relaxed) else { return }
    if isSleeping.exchange(false, ordering: .acquiringAndReleasing) { poller.interrupt() }
  }
}
