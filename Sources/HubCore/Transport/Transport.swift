internal import Bytes
internal import HubProtocol
internal import Limits
internal import Loop
internal import PluginKit
internal import TLS

/// The connections of one worker and the bytes on them: accepts, decrypts, queues, encrypts, sends,
/// times out. The handler knows the meaning of the bytes.
///
/// Not `Sendable`: it belongs to its worker, which is the handler. Methods that may call the
/// handler take it as `handler`.
final class Transport<Handler: ConnectionHandler> {
  let context: WorkerContext
  let shared: SharedTransport
  var connections = ConnectionTable()
  /// The buffers of the connection that is being served.
  var buffers = IOBuffers()
  /// Connections with something to be sent at the end of this turn.
  var dirty: [Connection] = []
  /// Connections that go on in this turn with what they kept.
  var resuming: [Connection] = []
  var sender = BatchSender()
  private var lastNumber: UInt64 = 0

  init(_ context: WorkerContext, _ shared: SharedTransport) {
    self.context = context
    self.shared = shared
  }

  /// The connection with this token, unless it is gone.
  subscript(token: UInt64) -> Connection? { connections[token] }

  /// All connections, in no order that means anything.
  var all: [Connection] { connections.all }
  var count: Int { connections.count }

  /// A number that no other connection of the process has, on any worker.
  func nextNumber() -> ConnectionID {
    lastNumber += 1
    return ConnectionID(lastNumber * UInt64(shared.workerCount) + UInt64(context.index))
  }
}

// The steps of a turn.
extension Transport {
  func serve(_ readiness: Readiness, on handler: isolated Handler) {
    guard readiness.token >> 32 != 0 else {
      return acceptWaiting(at: Int(readiness.token), on: handler)
    }
    guard let connection = connections[readiness.token] else { return }
    if readiness.isWritable && connection.isWaitingToWrite { resume(connection, on: handler) }
    if readiness.isReadable && connection.isReading { read(connection, &buffers, on: handler) }
    // While reading is paused no `recv` reports the error, and the kernel would tell of it in
    // every turn.
    if readiness.isBroken && !connection.isReading { drop(connection, .lost, on: handler) }
  }

  func timerFired(_ token: UInt64, on handler: isolated Handler) {
    guard let connection = connections[token] else { return }
    connection.timer = nil
    switch connection.phase {
    case .handshaking: drop(connection, .lost, on: handler)
    case .open: handler.timerFired(connection)
    case .parting:
      // A long answer may still be on its way to a client that takes it slowly.
      if isTaking(connection, within: context.limits.closeSeconds) {
        return setTimer(connection, seconds: context.limits.closeSeconds)
      }
      drop(connection, .ended, on: handler)
    case .gone: return
    }
  }

  /// Lets connections go on with what they kept, as long as there are any.
  func serveResuming(on handler: isolated Handler) {
    while !resuming.isEmpty {
      let ready = resuming
      resuming.removeAll(keepingCapacity: true)
      for connection in ready where connection.phase == .open {
        handler.resumed(connection, &buffers)
      }
    }
  }

  /// Sends everything that gathered in this turn.
  func flush(on handler: isolated Handler) {
    guard !dirty.isEmpty else { return }
    sendAll(on: handler)
    buffers.shrink()
  }
}

// Timers and reading.
extension Transport {
  /// One timer per connection; its meaning depends on the phase, and on the handler's state.
  func setTimer(_ connection: Connection, seconds: Int) {
    setTimer(connection, milliseconds: Int64(max(seconds, 1)) * 1000)
  }

  func setTimer(_ connection: Connection, milliseconds: Int64) {
    let delay = Duration.milliseconds(milliseconds)
    if let timer = connection.timer, context.loop.rearm(timer, after: delay) { return }
    connection.timer = context.loop.schedule(after: delay, token: connection.token)
  }

  /// Whether the kernel has taken something lately of what this connection is owed.
  func isTaking(_ connection: Connection, within seconds: Int) -> Bool {
    connection.isWaitingToWrite
      && context.now &- connection.stalledSince < UInt64(max(seconds, 1)) * 1_000_000_000
  }

  func stopReading(_ connection: Connection) {
    guard connection.isReading else { return }
    connection.isReading = false
    updateInterest(connection)
  }

  func startReading(_ connection: Connection) {
    guard !connection.isReading, !connection.readClosed else { return }
    connection.isReading = true
    updateInterest(connection)
  }

  /// The handler is told `resumed` before this turn ends.
  func resumeLater(_ connection: Connection) { resuming.append(connection) }

  func updateInterest(_ connection: Connection) {
    context.loop.modify(
      connection.socket.descriptor, token: connection.token, interest: connection.interest)
  }

  /// Notes that a connection has something to be sent before the loop sleeps.
  func mark(_ connection: Connection) {
    guard !connection.isDirty else { return }
    connection.isDirty = true
    dirty.append(connection)
  }
}

// Memory for input.
extension Transport {
  /// Charges what a connection holds now to the budget of all; false if there is no room.
  ///
  /// - Parameter isBounded: Whether the budget may refuse.
  func charge(_ holds: Int, to connection: Connection, isBounded: Bool) -> Bool {
    let change = InputBudget.Change(
      client: connection.inputClient ?? connection.counted ?? .unknown,
      before: connection.heldInput, after: holds)
    if !isBounded {
      shared.input.add(change)
    } else if !shared.input.charge(change, limit: context.limits.inputBuffers) {
      return false
    }
    connection.heldInput = holds
    connection.inputClient = holds > 0 ? change.client : nil
    return true
  }

  /// The connection holds nothing any more.
  func releaseInput(_ connection: Connection) {
    guard connection.heldInput > 0 else { return }
    shared.input.add(
      .init(
        client: connection.inputClient ?? .unknown, before: connection.heldInput, after: 0))
    connection.heldInput = 0
    connection.inputClient = nil
  }
}
