internal import Bytes
internal import Deflate
internal import HTTP
internal import HubProtocol
internal import HubTopics
public import Loop
internal import PluginKit
internal import Primitives
internal import Storage
internal import WebSocket

/// One core's share of the server: its connections, its subscribers and the topics that it owns.
///
/// Everything in it is touched by its loop's thread alone. Between workers go messages.
public actor Worker {
  public nonisolated let loop: EventLoop
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.asUnownedSerialExecutor()
  }

  nonisolated let index: Int
  nonisolated let house: House
  let counters: WorkerCounters
  /// How often clients were told each error, and closed with each code.
  var errors: [ClientError: Int] = [:]
  var closings: [CloseCode: Int] = [:]
  var desk = Desk()
  var connections = ConnectionTable()
  /// Connections with something to be sent at the end of this turn.
  var dirty: [Connection] = []
  /// Sends to many at once; nil until first needed, and where the kernel does not allow it.
  var ring: SendRing?
  var hasTriedRing = false
  /// Connections whose handler has answered: their next request may be waiting.
  var answered: [Connection] = []
  var plainEncoder = ResponseEncoder()
  var secureEncoder: ResponseEncoder
  var limits: ServerLimits
  let heartbeat: HeartbeatRules
  var gzip = GzipEncoder()
  /// The loop's clock, read once per turn.
  var now: UInt64 = 0
  var isDraining = false
  /// The connections at the start of draining.
  var leaving: [UInt64] = []

  /// All workers in their order, this one among them.
  nonisolated var neighbours: [Worker] { house.workers }
  nonisolated let inbox: WorkerInbox
  let mailbox: Mailbox
  /// The topics that this worker owns.
  let topicHomes: TopicHomes
  /// On the first worker, if anybody is to be told who comes and goes.
  var webhookDesk: WebhookDesk?
  let fanout: Fanout
  /// Connections here that have become WebSockets.
  var webSockets = 0
  /// The connections of each user here.
  var users: [String: Set<UInt64>] = [:]
  /// How many revocations this worker was told of: an answer about credentials that was asked for
  /// before one of them may be out of date.
  var revocations: UInt64 = 0
  /// How fast each address makes calls.
  var callRates: [ClientKey: TokenBucket] = [:]
  var lastNumber: UInt64 = 0

  /// The publishes of the gateway that end with this turn.
  var endedPublishes: [(UInt64, PublishReply.Outcome)] = []

  init(index: Int, loop: EventLoop, house: House, inboxes: [WorkerInbox]) {
    self.index = index
    self.loop = loop
    self.house = house
    counters = WorkerCounters()
    limits = house.limits
    fanout = Fanout(compressionMinimum: limits.compressionMinimum)
    heartbeat = house.heartbeat
    inbox = inboxes[index]
    mailbox = Mailbox(inboxes, of: index)
    topicHomes = TopicHomes(house)
    secureEncoder = ResponseEncoder(strictTransportSecurity: house.strictTransportSeconds)
  }

  /// Begins to accept connections.
  func open() throws(LoopError) {
    sweepLater()
    for (number, listener) in house.listeners(of: index).enumerated() {
      try listener.listener.register(on: loop, token: UInt64(number))
    }
  }

  private static var sweepSeconds: Int { 15 }

  /// Forgets, now and then, what nobody needs any more.
  private func sweepLater() {
    // Unowned, here and in all actions for the loop: the loop keeps its client alive until it has
    // ended and forgotten them. Weak references would make every retain of the worker slow.
    loop.schedule(after: .seconds(Worker.sweepSeconds)) { [unowned self] in
      assumeIsolated { worker in
        worker.topicHomes.sweep(on: worker)
        let now = worker.loop.now
        if worker.index == 0 {
          Task.immediate { await worker.giveSignOfLife() }
          worker.sweepPeople(at: now)
        }
        worker.callRates = worker.callRates.filter { !$0.value.isFull(at: now) }
        worker.limits = worker.house.limits
        worker.fanout.compressionMinimum = worker.limits.compressionMinimum
        worker.sweepLater()
      }
    }
  }

  private func sweepPeople(at now: UInt64) {
    house.people.sweep(
      at: now, perSecond: limits.publishesPerSecond, burst: limits.publishBurst)
  }

  /// Numbers are unlike those of the other workers, too.
  func nextNumber() -> ConnectionID {
    lastNumber += 1
    return ConnectionID(lastNumber * UInt64(house.workerCount) + UInt64(index))
  }
}
