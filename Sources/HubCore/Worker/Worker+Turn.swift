internal import HubProtocol
internal import HubTopics
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

  private func serve(_ ready: [Readiness]) {
    context.now = loop.now
    mailbox.handleReceived(on: self)
    for readiness in ready { transport.serve(readiness, on: self) }
  }

  private func serveTimers() {
    context.now = loop.now
    while let token = loop.nextDueTimer() { transport.timerFired(token, on: self) }
  }

  /// Everything that gathered in this turn goes out.
  private func flush() {
    transport.serveResuming(on: self)
    mailbox.deliver()
    fanout.flush(isEndOfTurn: true, on: self)
    topicHomes.endPublishes()
    transport.flush(on: self)
  }
}

// Messages of workers go to the component that they are for.
extension Worker: MessageHandler {
  func handle(_ message: WorkerMessage) {
    switch message {
    case .request(let request): topicHomes.handle(request, on: self)
    case .reply(let reply): sessions.reply(reply, on: self)
    case .event(let publication): fanout.deliver(publication, on: self)
    case .presence(let update): fanout.deliver(update, on: self)
    case .removal(let removal): sessions.evict(removal, on: self)
    case .webhook(let report): webhooks?.receive(report, on: self)
    }
  }
}
