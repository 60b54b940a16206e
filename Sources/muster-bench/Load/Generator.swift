import Bytes
import Loop
import TLS
import WebSocket

/// Makes the load of one run: its clients, on a loop and thread of its own.
actor Generator: LoadRun {
  nonisolated let loop = EventLoop()
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  let options: Options
  let target: Target
  let address: PeerAddress
  let tls: TLSContext
  var desk = Desk()
  var clients: [Client?] = []
  /// How many clients there shall be, have been begun, and are ready for the load.
  var wanted = 0
  var begun = 0
  var ready = 0
  var failure: String?
  var waiter: CheckedContinuation<Void, Never>?
  var isLoading = false
  /// The session that a later connection resumes.
  var ticket: TLSSession?
  var tally = Tally()
  var room: Room
  /// The window that the server has announced for coming back, in milliseconds.
  var announced = 0
  /// Once all clients of a storm are connected.
  var storm: Storm?
  /// The envelope around the payload of every message.
  let wrapping: (before: [UInt8], behind: [UInt8])

  init(_ options: Options, _ target: Target, _ address: PeerAddress) throws {
    self.options = options
    self.target = target.prepared(for: options.scenario)
    self.address = address
    var choices = TLSOptions()
    choices.collectsSessions = options.resumes
    tls = try TLSContext.client(trusting: .anyone, options: choices)
    let halves = self.target.message.split(
      separator: "{p}", maxSplits: 1, omittingEmptySubsequences: false)
    wrapping = (Array(halves[0].utf8), Array((halves.dropFirst().last ?? "").utf8))
    room = Room(
      publishers: options.publishers, subscribers: options.connections,
      inFlight: options.inFlight)
  }

  /// The counters of the measured period.
  struct Tally: Sendable {
    var isMeasuring = false
    var messages = 0
    var bytes = 0
    var resumed = 0
    var latency = Histogram()
    /// Messages that were not what they should be, in the whole run.
    var damaged = 0
  }
}

extension Generator: LoopClient {
  nonisolated func loopReady(_ ready: [Readiness]) { assumeIsolated { $0.serve(ready) } }
  nonisolated func loopTimersDue() {}
  nonisolated func loopWillSleep() { assumeIsolated { $0.publishDue() } }

  private func serve(_ ready: [Readiness]) {
    for readiness in ready {
      guard let client = clients[Int(readiness.token)] else { continue }
      if readiness.isWritable { write(client) }
      if readiness.isReadable, client.stage != .over { read(client) }
    }
  }
}

extension Generator {
  /// A client's line is over. In a storm it comes back; otherwise that is the end of the run.
  func lost(_ index: Int, _ reason: String) {
    guard storm != nil else { return fail("\(target.name), client \(index): \(reason)") }
    comeBackLater(index)
  }
}
