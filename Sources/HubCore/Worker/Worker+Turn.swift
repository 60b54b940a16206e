internal import Bytes
public import Loop

// The calls of the loop, in the order of a turn. Each enters the actor once.
extension Worker: LoopClient {
  public nonisolated func loopReady(_ ready: [Readiness]) {
    assumeIsolated { $0.serve(ready) }
  }

  public nonisolated func loopTimersDue() {
    assumeIsolated { $0.serveTimers() }
  }

  public nonisolated func loopWillSleep() {
    assumeIsolated { $0.flush() }
  }
}

extension Worker {
  private func serve(_ ready: [Readiness]) {
    now = loop.now
    readMessages()
    for readiness in ready {
      guard readiness.token >> 32 != 0 else {
        acceptWaiting(at: Int(readiness.token))
        continue
      }
      guard let connection = connections[readiness.token] else { continue }
      if readiness.isWritable && connection.isWaitingToWrite { resume(connection) }
      if readiness.isReadable && connection.isReading { read(connection, &desk) }
      // Where nobody reads, nobody else would notice, and the kernel would tell of it in every turn.
      if readiness.isBroken && !connection.isReading { drop(connection, .lost) }
    }
  }

  private func serveTimers() {
    now = loop.now
    while let token = loop.nextDueTimer() {
      if let connection = connections[token] { tick(connection) }
    }
  }

  /// Everything that gathered in this turn goes out.
  private func flush() {
    while !answered.isEmpty {
      let ready = answered
      answered.removeAll(keepingCapacity: true)
      for connection in ready { goOn(connection, &desk) }
    }
    mailbox.deliver()
    fanout.flush(isEndOfTurn: true, on: self)
    endPublishes()
    guard !dirty.isEmpty else { return }
    sendAll()
    desk.shrink()
  }

  /// Notes that a connection has something to be sent before the loop sleeps.
  func mark(_ connection: Connection) {
    guard !connection.isDirty else { return }
    connection.isDirty = true
    dirty.append(connection)
  }
}
