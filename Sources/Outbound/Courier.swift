internal import Loop
public import PluginKit
public import Primitives
public import Storage

/// Carries letters and calls to other servers.
///
/// Letters and posted calls wait in the database until the other side has taken them; they survive
/// a restart and are tried again with growing pauses. A call whose answer somebody waits for is
/// made at once. All of it happens on threads of the courier's own.
public final class Courier: MailService, WebService {
  /// Read at the moment of use, so that a reload is seen at once.
  public struct Settings: Sendable {
    /// nil keeps letters as files.
    public var server: MailServer?
    public var from: String
    /// Where letters go that no server is there for.
    public var folder: String
    /// A PEM file with authorities that are trusted beside the machine's; nil for those alone.
    public var authorities: String?

    public init(
      server: MailServer?, from: String, folder: String, authorities: String? = nil
    ) {
      self.server = server
      self.from = from
      self.folder = folder
      self.authorities = authorities
    }

    var trust: CallTrust { authorities.map { .systemAnd($0) } ?? .system }
  }

  public struct Metrics: Sendable, Hashable {
    public var waiting = 0
    /// Seconds that the oldest one has waited.
    public var oldestSeconds = 0
    public var sent = 0
    public var failed = 0
    public var givenUp = 0
    /// Calls that somebody waited for.
    public var calls = 0
    public var failedCalls = 0
  }

  /// Letters with what is attached; mail servers refuse much larger ones anyway.
  static let largestParcel = 25 << 20
  static let largestAnswer = 16 << 20

  let queue: ParcelQueue
  let clock: any WallClock
  let settings: @Sendable () -> Settings
  let log: Log
  let counters = Locked(Metrics())
  private let brake = Curl.Brake()
  private let callers: LanePool
  let carrier: TransferLane
  let random: any RandomSource
  private let bell = Bell()
  private let work = Locked<Task<Void, Never>?>(nil)

  public init(
    store: any Store, clock: any WallClock, log: Log, callers: Int = 4,
    random: any RandomSource = SystemRandom(),
    settings: @escaping @Sendable () -> Settings
  ) {
    queue = ParcelQueue(store: store)
    self.clock = clock
    self.random = random
    self.settings = settings
    self.log = log
    self.callers = LanePool(
      (0..<max(1, callers)).map { [brake] in TransferLane(name: "web-out-\($0)", brake: brake) },
      waiting: 256)
    carrier = TransferLane(name: "mail-out", brake: brake)
  }

  /// Makes the tables, or brings them up to date.
  public func migrate() async throws {
    try await queue.store.migrate(ParcelQueue.owner, ParcelQueue.migrations)
  }

  /// Begins to deliver, also what was left from before.
  public func start() {
    let task = Task.detached { [self] in await deliverUntilStopped() }
    work.withLock { $0 = task }
  }

  /// Stops what is under way; what was not delivered waits for the next start.
  public func stop() async {
    brake.pull()
    let task = work.withLock { $0.take() }
    // Before the bell: whoever is woken must not find nothing to do and go to sleep again.
    task?.cancel()
    bell.ring()
    await task?.value
    callers.stop()
    carrier.stop()
  }

  /// Accepts a letter. It is on the disk when this returns.
  public func send(_ mail: Mail) async throws {
    guard Letter.isAddress(mail.to) else { throw PluginError.invalid("no e-mail address") }
    try await accept(.mail(mail))
  }

  /// Accepts a call whose answer nobody waits for. It is tried until the answer is 2xx.
  public func post(_ call: WebCall) async throws { try await accept(.web(call)) }

  private func accept(_ parcel: Parcel) async throws {
    guard parcel.size <= Courier.largestParcel else {
      throw PluginError(.tooLarge, "more than \(Courier.largestParcel >> 20) MiB")
    }
    try await queue.add(parcel, at: clock.now)
    bell.ring()
  }

  /// Makes a call now and returns its answer, whatever its status. Throws `PluginError` if there is
  /// none.
  public func call(_ call: WebCall) async throws -> WebAnswer {
    counters.withLock { $0.calls += 1 }
    let trust = settings().trust
    do {
      return try await callers.withLane(to: call.host) { lane throws(TransferError) in
        try await lane.call(call, answerLimit: Courier.largestAnswer, trusting: trust)
      }
    } catch {
      counters.withLock { $0.failedCalls += 1 }
      guard let error = error as? TransferError else { throw error }
      log.warning(
        "a call to another server failed", ["to": call.destination, "reason": "\(error)"])
      throw PluginError(
        error.code == .timeout ? .timeout : .unavailable, "another server does not answer")
    }
  }

  public func metrics() async throws -> Metrics {
    let counts = try await queue.counts()
    let now = clock.now
    return counters.withLock { metrics in
      metrics.waiting = counts.waiting
      metrics.oldestSeconds = counts.oldest.map { Int(max(0, now - $0) / 1000) } ?? 0
      metrics.givenUp = counts.givenUp
      return metrics
    }
  }

  /// The numbers without a look into the database: what waits is as of the last delivery.
  public var recentMetrics: Metrics { counters.withLock { $0 } }

  private func deliverUntilStopped() async {
    while !Task.isCancelled {
      let pause: Duration
      do {
        try await deliverDue()
        _ = try await metrics()
        let due = try await queue.nextDue()
        pause = .milliseconds(due.map { min(max(50, $0 - clock.now), 60_000) } ?? 60_000)
      } catch {
        log.error("letters and calls cannot be delivered", ["reason": "\(error)"])
        pause = .seconds(5)
      }
      await bell.wait(atMost: pause)
    }
  }
}

extension Parcel {
  fileprivate var size: Int {
    switch self {
    case .mail(let mail):
      mail.attachments.reduce(mail.text.utf8.count) { $0 + $1.bytes.count }
    case .web(let call): call.body.count
    }
  }
}
