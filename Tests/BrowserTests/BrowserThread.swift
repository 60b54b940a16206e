import Loop

/// Everything that talks to the browser runs here: it blocks, and the threads that all other
/// tests share must not.
@globalActor actor BrowserThread {
  static let shared = BrowserThread()
  private static let thread = BlockingThread(name: "test-browser")

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    BrowserThread.thread.asUnownedSerialExecutor()
  }
}

extension BrowserThread {
  /// Runs a whole test there, in one piece.
  @BrowserThread static func run(_ body: @BrowserThread () throws -> Void) throws { try body() }
}
