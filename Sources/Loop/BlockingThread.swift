internal import Glibc
internal import Primitives

/// A thread that may block. An actor that names it as its executor leaves the event loops free:
/// `await` is the way out and back.
///
/// Its queue has no bound; whoever feeds it knows best when to say no.
public final class BlockingThread: SerialExecutor {
  private enum Job {
    case task(UnownedJob)
    case work(@Sendable () -> Void)
  }

  private struct State {
    var jobs: [Job] = []
    var isStopping = false
  }

  private let state = Locked(State())
  private let thread = Locked<Thread?>(nil)
  private let filled = Semaphore()

  public init(name: String) {
    thread.withLock { $0 = Thread(name: name) { self.run() } }
  }

  public func enqueue(_ job: consuming ExecutorJob) { append(.task(UnownedJob(job))) }

  /// Runs `work` behind the jobs that are there. Unlike the way into an actor this is no
  /// suspension: with a lock around it, the caller knows that a stop comes later.
  public func run(_ work: @escaping @Sendable () -> Void) { append(.work(work)) }

  private func append(_ job: Job) {
    let wasEmpty = state.withLock { state in
      state.jobs.append(job)
      return state.jobs.count == 1
    }
    if wasEmpty { filled.signal() }
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    unsafe UnownedSerialExecutor(ordinary: self)
  }

  /// Lets the thread end after it has run the jobs it has. From any thread. Jobs that come later
  /// never run. Without this the thread lives as long as the process.
  public func stop() {
    state.withLock { $0.isStopping = true }
    filled.signal()
  }

  /// Waits until the thread has ended. Not from the thread itself.
  public func join() {
    let thread = thread.withLock { $0.take() }
    thread?.join()
  }

  private func run() {
    let executor = unsafe asUnownedSerialExecutor()
    var batch: [Job] = []
    while true {
      filled.wait()
      let isStopping = state.withLock { state in
        swap(&state.jobs, &batch)
        return state.isStopping && batch.isEmpty
      }
      if isStopping { return }
      for job in batch {
        switch job {
        case .task(let job): unsafe job.runSynchronously(on: executor)
        case .work(let work): work()
        }
      }
      batch.removeAll(keepingCapacity: true)
    }
  }
}
