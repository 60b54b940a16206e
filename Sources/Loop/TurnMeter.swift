internal import Synchronization

/// How a loop has been doing since it started.
public struct TurnStatistics: Hashable, Sendable {
  public var turns: UInt64
  /// The longest turn so far, in nanoseconds.
  public var longest: UInt64
  /// How many turns took longer than the limit.
  public var longTurns: UInt64
  /// When the turn that is going on began, on the loop's monotonic clock; nil while the loop sleeps.
  /// A moment long past means that the loop is stuck.
  public var busySince: UInt64?
}

/// Times the turns of a loop. Written by the loop's thread alone, hence plain stores and no
/// read-modify-write; read from anywhere.
final class TurnMeter: Sendable {
  private let limit: UInt64
  private let report: (@Sendable (UInt64) -> Void)?
  private let turns = Atomic<UInt64>(0)
  private let longest = Atomic<UInt64>(0)
  private let longTurns = Atomic<UInt64>(0)
  private let began = Atomic<UInt64>(0)

  init(limit: UInt64, report: (@Sendable (UInt64) -> Void)?) {
    self.limit = limit
    self.report = report
  }

  var statistics: TurnStatistics {
    let began = began.load(ordering: .relaxed)
    return TurnStatistics(
      turns: turns.load(ordering: .relaxed), longest: longest.load(ordering: .relaxed),
      longTurns: longTurns.load(ordering: .relaxed), busySince: began == 0 ? nil : began)
  }

  func begin(at now: UInt64) { began.store(now, ordering: .relaxed) }

  func end(at now: UInt64) {
    let duration = now &- began.load(ordering: .relaxed)
    began.store(0, ordering: .relaxed)
    turns.store(turns.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    if duration > longest.load(ordering: .relaxed) { longest.store(duration, ordering: .relaxed) }
    if duration > limit { countLongTurn(duration) }
  }

  @inline(never) private func countLongTurn(_ duration: UInt64) {
    longTurns.store(longTurns.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    report?(duration)
  }
}
