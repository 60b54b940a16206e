internal import Bytes
internal import Deflate
internal import HTTP
public import Loop
internal import PluginKit
internal import Storage

/// One core's share of the server: its connections, its subscribers and its home topics.
///
/// Everything in it is touched by its loop's thread alone. Between workers go letters.
public actor Worker {
  public nonisolated let loop: EventLoop
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.asUnownedSerialExecutor()
  }

  nonisolated let index: Int
  nonisolated let house: House
  let counters: WorkerCounters
  var desk = Desk()
  var connections = ConnectionTable()
  /// Who has something to be sent at the end of this turn.
  var dirty: [Connection] = []
  /// Whose handler has answered since it was last served: there may be a next request waiting.
  var answered: [Connection] = []
  var plainEncoder = ResponseEncoder()
  var secureEncoder: ResponseEncoder
  var limits: ServerLimits
  let heartbeat: HeartbeatRules
  var gzip = GzipEncoder()
  /// The loop's clock, read once per turn.
  var now: UInt64 = 0
  var isDraining = false

  init(index: Int, loop: EventLoop, house: House) {
    self.index = index
    self.loop = loop
    self.house = house
    counters = WorkerCounters()
    limits = house.limits
    heartbeat = house.heartbeat
    secureEncoder = ResponseEncoder(strictTransportSecurity: house.strictTransportSeconds)
  }

  /// Begins to accept connections.
  func open() throws(LoopError) {
    for (number, listener) in house.listeners(of: index).enumerated() {
      try listener.listener.register(on: loop, token: UInt64(number))
    }
  }
}
