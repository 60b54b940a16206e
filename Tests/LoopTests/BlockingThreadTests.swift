import Loop
import Primitives
import Testing

@Suite(.timeLimit(.minutes(3))) struct `A blocking thread` {
  @Test func `runs the work of many tasks one after the other`() async {
    let clerk = Clerk()
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<1_000 { await clerk.work() }
        }
      }
    }
    #expect(await clerk.done == 8_000)
    clerk.end()
  }

  @Test func `does what it has before it ends`() async {
    let clerk = Clerk()
    let isOpen = Locked(false)
    // Runs until their first wait at once, so that all of them are in the queue after these lines.
    let blocked = Task.immediate { await clerk.wait(for: isOpen) }
    let behind = (0..<5).map { _ in Task.immediate { await clerk.work() } }
    clerk.thread.stop()
    isOpen.withLock { $0 = true }
    clerk.thread.join()
    await blocked.value
    for task in behind { await task.value }
    // Joining twice is harmless: the second time there is nobody left.
    clerk.thread.join()
  }
}

private actor Clerk {
  nonisolated let thread = BlockingThread(name: "clerk")
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
  private(set) var done = 0

  func work() { done += 1 }

  func wait(for isOpen: Locked<Bool>) {
    while !isOpen.withLock({ $0 }) {}
  }

  nonisolated func end() {
    thread.stop()
    thread.join()
  }
}
