internal import HubTopics
internal import Limits
internal import Loop

/// The part that the components of one worker share: loop, time of the turn, counters and the
/// limits in force.
///
/// Not `Sendable`: it belongs to its worker.
final class WorkerContext {
  /// The worker's place among all workers.
  let index: Int
  let loop: EventLoop
  let counters = WorkerCounters()
  let heartbeat: HeartbeatRules
  var limits: ServerLimits
  /// The loop's clock, read once per turn.
  var now: UInt64 = 0
  var isDraining = false

  init(index: Int, loop: EventLoop, limits: ServerLimits, heartbeat: HeartbeatRules) {
    self.index = index
    self.loop = loop
    self.limits = limits
    self.heartbeat = heartbeat
  }

  /// Milliseconds by which presence is reckoned: no user leaves because the clock of the machine
  /// is set.
  var steadyTime: Int64 { Int64(loop.now / 1_000_000) }

  var moment: Moment { Moment(steady: steadyTime, wall: loop.unixMilliseconds) }
}
