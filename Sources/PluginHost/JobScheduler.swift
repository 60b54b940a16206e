public import PluginKit
internal import TimeZones

/// Runs the plugins' jobs when they are due.
///
/// A job that still runs when it is due again is skipped; one that throws is logged and comes again.
/// Of several servers on one database, one runs a daily or weekly job at its due time.
public actor JobScheduler {
  public typealias Claim = @Sendable (_ job: String, _ due: Int64) async throws -> Bool

  private struct Entry {
    let plugin: String
    let health: PluginHealth
    let job: Job
    var due: Int64
    var isRunning = false
  }

  private var entries: [Entry]
  private let clock: any WallClock
  private let zone: LocalZone
  private let log: Log
  private let claim: Claim?
  private var ticker: Task<Void, Never>?

  /// - Parameter claim: claims the run of a job at its due time and is true for the first server
  ///   that does; without it each server runs every job.
  public init(
    units: [LoadedPlugin], clock: any WallClock, zone: LocalZone, log: Log, claim: Claim? = nil
  ) {
    let now = clock.now
    entries = units.flatMap { unit in
      unit.jobs.map {
        Entry(
          plugin: unit.name, health: unit.health, job: $0,
          due: $0.schedule.next(after: now, zone: zone)
        )
      }
    }
    self.clock = clock
    self.zone = zone
    self.log = log
    self.claim = claim
  }

  public func start() {
    ticker = Task { [weak self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(500))
        await self?.runDue()
      }
    }
  }

  public func stop() { ticker?.cancel() }

  /// Whether no job runs.
  package var isIdle: Bool { !entries.contains(where: \.isRunning) }

  /// Starts everything that is due now.
  public func runDue() {
    let now = clock.now
    for index in entries.indices where entries[index].due <= now {
      let due = entries[index].due
      entries[index].due = entries[index].job.schedule.next(after: now, zone: zone)
      guard !entries[index].isRunning else {
        log.warning("a job is still running", ["job": entries[index].job.name])
        continue
      }
      entries[index].isRunning = true
      Task { await run(index, due) }
    }
  }

  private func run(_ index: Int, _ due: Int64) async {
    let entry = entries[index]
    do {
      if try await isClaimed(entry, due) { try await entry.job.run(due) }
    } catch {
      entry.health.countFailedJob()
      log.error(
        "a job failed",
        ["plugin": entry.plugin, "job": entry.job.name, "reason": "\(type(of: error)): \(error)"])
    }
    entries[index].isRunning = false
  }

  /// Jobs that run every so many seconds look after the process itself and run on each server.
  private func isClaimed(_ entry: Entry, _ due: Int64) async throws -> Bool {
    guard let claim, !entry.job.schedule.isPeriodic else { return true }
    return try await claim("\(entry.plugin).\(entry.job.name)", due)
  }
}

extension Schedule {
  fileprivate var isPeriodic: Bool {
    if case .every = self { true } else { false }
  }

  /// The first moment after `now` (Unix milliseconds) at which it is due.
  ///
  /// It goes by days and not by 24 hours: each day has one moment for a time, also where the clock
  /// is changed and shows that time twice or not at all.
  func next(after now: Int64, zone: LocalZone) -> Int64 {
    switch self {
    case .every(let seconds): now + Int64(seconds) * 1000
    case .daily(let time): Schedule.next(time, after: now, zone: zone) { _ in true }
    case .weekly(let day, let time):
      Schedule.next(time, after: now, zone: zone) { $0.weekday == day.rawValue }
    }
  }

  private static func next(
    _ time: TimeOfDay, after now: Int64, zone: LocalZone, where fits: (CivilDate) -> Bool
  ) -> Int64 {
    // A day that the clock has left may still reach its time: where that time was skipped.
    var days = zone.time(at: now).civilDate.days - 1
    while true {
      let date = CivilDate(days: days)
      let moment = zone.moment(of: time, on: date)
      if moment > now, fits(date) { return moment }
      days += 1
    }
  }
}
