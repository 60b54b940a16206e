/// The times of a job, by the clock service.
public enum Schedule: Sendable, Hashable {
  /// Runs in each server, for the upkeep of the process and of what all servers share.
  case every(seconds: Int)
  /// Runs once per due time, in one of the servers on a database.
  case daily(at: TimeOfDay)
  /// Runs once per due time, like a daily job.
  case weekly(on: Weekday, at: TimeOfDay)
}

public enum Weekday: Int, Sendable, Hashable, CaseIterable {
  case sunday, monday, tuesday, wednesday, thursday, friday, saturday

  /// By its English name, in any case.
  public init?(name: String) {
    guard let day = Weekday.allCases.first(where: { "\($0)" == name.lowercased() }) else {
      return nil
    }
    self = day
  }
}

/// A time on a wall clock, in the zone the server is configured for.
public struct TimeOfDay: Sendable, Hashable, CustomStringConvertible {
  public let hour: Int
  public let minute: Int

  public init(_ hour: Int, _ minute: Int) {
    precondition((0..<24).contains(hour) && (0..<60).contains(minute), "not a time of day")
    self.hour = hour
    self.minute = minute
  }

  /// From `23:30`.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let hour = parts[0], let minute = parts[1],
      (0..<24).contains(hour), (0..<60).contains(minute)
    else { return nil }
    self.init(hour, minute)
  }

  public var description: String { "\(two(hour)):\(two(minute))" }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// A job that runs by schedule; a run that throws is logged and counted, the next one still comes.
public struct Job: Sendable {
  public let name: String
  public let schedule: Schedule
  /// `due` is the moment the run was planned for, in Unix milliseconds.
  public let run: @Sendable (_ due: Int64) async throws -> Void

  public init(
    _ name: String, _ schedule: Schedule, _ run: @escaping @Sendable (Int64) async throws -> Void
  ) {
    self.name = name
    self.schedule = schedule
    self.run = run
  }
}
