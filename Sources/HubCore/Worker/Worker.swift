internal import HubProtocol
internal import HubStore
internal import HubTopics
internal import Limits
public import Loop
internal import PluginKit

/// One core's share of the server: its connections, its subscribers and the topics that it owns.
///
/// It is a shell: an event loop and the order of a turn. The work is done by its components, plain
/// classes with private state, which are touched by its loop's thread alone. Between workers go
/// messages.
public actor Worker {
  public nonisolated let loop: EventLoop
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.asUnownedSerialExecutor()
  }

  nonisolated let index: Int
  nonisolated let shared: ServerContext
  nonisolated let inbox: WorkerInbox
  let context: WorkerContext
  let transport: Transport<Worker>
  let mailbox: Mailbox<Worker>
  let http: HTTPServer
  let webSockets: WebSocketServer
  let sessions: Sessions
  let dialects: DialectSessions
  let credentials = Credentials()
  let fanout: Fanout
  /// The topics that this worker owns.
  let topicHomes: TopicHomes
  /// On the first worker, if a receiver is to be told who comes and goes.
  var webhooks: WebhookSender?
  /// The connections at the start of draining.
  var leaving: [UInt64] = []

  init(index: Int, loop: EventLoop, shared: ServerContext, inboxes: [WorkerInbox]) {
    self.index = index
    self.loop = loop
    self.shared = shared
    inbox = inboxes[index]
    context = WorkerContext(
      index: index, loop: loop, limits: shared.limits, heartbeat: shared.heartbeat)
    transport = Transport(context, shared.transport)
    mailbox = Mailbox(inboxes, of: index)
    http = HTTPServer(context, transport, shared.http)
    webSockets = WebSocketServer(context, transport, http, mailbox)
    fanout = Fanout(context, transport)
    let calls = PluginCalls(loop, shared.runner, shared.log)
    topicHomes = TopicHomes(
      context, shared.topics, mailbox, calls,
      WebhookReporter(shared.webhooks.rules, shared.drain, mailbox))
    let subscriptions = Subscriptions(context, transport, fanout, mailbox, calls, shared.topics)
    sessions = Sessions(
      context, webSockets, fanout, calls, subscriptions, credentials, shared.sessions, shared.topics
    )
    dialects = DialectSessions(
      context, webSockets, fanout, calls, subscriptions, credentials, shared.sessions)
  }

  /// Begins to accept connections.
  func open() throws(LoopError) {
    sweepLater()
    try transport.listen()
  }

  private static var sweepSeconds: Int { 15 }

  /// Forgets, now and then, what is not needed any more.
  private func sweepLater() {
    // Unowned, here and in all actions of the worker for the loop: the loop keeps its client alive
    // until it has ended and forgotten them. Weak references would make every retain slow.
    loop.schedule(after: .seconds(Worker.sweepSeconds)) { [unowned self] in
      assumeIsolated { $0.sweep() }
    }
  }

  private func sweep() {
    topicHomes.sweep(on: self)
    if index == 0 {
      Task.immediate { await giveSignOfLife() }
      shared.sessions.users.sweep(
        at: loop.now, perSecond: context.limits.publishesPerSecond,
        burst: context.limits.publishBurst)
    }
    http.sweep(at: loop.now)
    context.limits = shared.limits
    fanout.compressionMinimum = context.limits.compressionMinimum
    sweepLater()
  }

  /// Tells the store that the server is alive, which the next start wants to know.
  func giveSignOfLife() async {
    do {
      try await shared.topics.memberStore.sign(
        at: loop.unixMilliseconds, window: shared.window.toStore)
    } catch {
      shared.log.warning("the store takes no sign of life", ["reason": "\(error)"])
    }
  }
}
