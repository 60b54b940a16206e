import Bytes
import Loop
import TLS
import WebSocket

/// A lab at the end of a lecture: doors that check students in and out as fast as they are told to,
/// and dashboards that watch. Everything that is said is checked against what was done.
actor LabRun: LoadRun {
  nonisolated let loop = EventLoop()
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  let options: Options
  let target: Target
  let address: PeerAddress
  let tls: TLSContext
  var desk = Desk()
  var clients: [LabClient?] = []
  var ledger: Ledger
  var messages = LabMessages()
  var outcome: LabOutcome

  /// How many clients there shall be, have been begun, and are ready.
  var wanted = 0
  var begun = 0
  var ready = 0
  /// When the load began and how many operations have been due since; nil while there is none.
  var loadBegan: UInt64?
  /// Operations that are due and for which no door was free, and students to be looked up.
  var waiting: [Door.Work] = []
  /// `User.id` of the students, for their records.
  var ids: [Int] = []
  var failure: String?
  var waiter: CheckedContinuation<Void, Never>?

  init(_ options: Options, _ target: Target, _ address: PeerAddress) throws {
    self.options = options
    self.target = target
    self.address = address
    tls = try TLSContext.client(trusting: .anyone)
    ledger = Ledger(students: options.people)
    outcome = LabOutcome(name: target.name)
  }

  var doors: [Door] { clients.prefix(options.doors).compactMap { $0 as? Door } }
  var dashboards: [Dashboard] { clients.compactMap { $0 as? Dashboard } }
}

extension LabRun: LoopClient {
  nonisolated func loopReady(_ ready: [Readiness]) { assumeIsolated { $0.serve(ready) } }
  nonisolated func loopTimersDue() {}
  nonisolated func loopWillSleep() { assumeIsolated { $0.giveWork() } }

  private func serve(_ ready: [Readiness]) {
    for readiness in ready {
      guard let client = clients[Int(readiness.token)] else { continue }
      if readiness.isWritable { write(client) }
      if readiness.isReadable { read(client) }
    }
  }
}

// Waiting.
extension LabRun {
  func sleep(_ seconds: Double) async throws {
    await rest(seconds)
    if let failure { throw RunError("\(target.name): \(failure)") }
  }

  /// Looks every few milliseconds whether something has come about.
  func wait(_ what: String, seconds: Double, until isDone: () -> Bool) async throws {
    let end = loop.time.monotonic + UInt64(seconds * 1e9)
    while !isDone() {
      guard loop.time.monotonic < end else { throw RunError("\(target.name): \(what)") }
      try await sleep(0.004)
    }
  }
}
