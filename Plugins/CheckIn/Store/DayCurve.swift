internal import JSON
internal import PluginKit
internal import Primitives
internal import Storage

/// The number of people in the lab since midnight, minute by minute, from the stored stays.
final class DayCurve: Sendable {
  private struct Known {
    let bytes: [UInt8]
    let madeAt: Int64
  }

  private let store: AttendanceStore
  private let clock: any WallClock
  private let known = Locked<Known?>(nil)
  private let turns = KeyedQueue<String>()

  init(store: AttendanceStore, clock: any WallClock) {
    self.store = store
    self.clock = clock
  }

  /// `{"points":[[unixSeconds,count],…],"peak":12,"grades":["20","21"]}`, not older than a second: a thousand
  /// dashboards that come back at once cost one look at the tables.
  func json() async throws -> [UInt8] {
    try await turns.inTurn("") {
      let now = clock.now
      if let known = known.withLock({ $0 }), known.madeAt > now - 1000, known.madeAt <= now {
        return known.bytes
      }
      let bytes = try await make(now)
      known.withLock { $0 = Known(bytes: bytes, madeAt: now) }
      return bytes
    }
  }

  private func make(_ now: Int64) async throws -> [UInt8] {
    let (points, peak) = try await points(now)
    let grades = try await store.grades()
    return JSONWriter.bytes(capacity: 64 + points.count * 20) { writer in
      writer.object { writer in
        writer.array("points") { writer in
          for point in points {
            writer.array {
              $0.value(Int(point.moment))
              $0.value(point.count)
            }
          }
        }
        writer.member("peak", peak)
        writer.array("grades") { for grade in grades { $0.value(grade.prefix) } }
      }
    }
  }

  private typealias Points = [(moment: Int64, count: Int)]

  private func points(_ now: Int64) async throws -> (points: Points, peak: Int) {
    let midnight = store.zone.startOfDay(at: now) / 1000
    let (base, changes, rise) = try await store.database.read { tx in
      (
        try tx.presentCount(at: midnight), try tx.changesPerMinute(since: midnight),
        try tx.highestRise(since: midnight)
      )
    }
    var count = base
    var points: Points = [(midnight, base)]
    for change in changes {
      count += change.delta
      points.append((change.minute * 60, count))
    }
    // The curve reaches until now.
    if let last = points.last, last.moment < now / 1000 { points.append((now / 1000, count)) }
    return (points, base + max(0, rise))
  }
}

extension Transaction {
  /// The number of people present at the very beginning of `moment`.
  fileprivate func presentCount(at moment: Int64) throws -> Int {
    let row = try first(
      """
      SELECT (SELECT count(*) FROM checkin_records WHERE endtime >= ?1 AND starttime < ?1)
        + (SELECT count(*) FROM checkin_users
           WHERE status = 1 AND coalesce(starttime, 0) < ?1) AS present
      """, moment)
    return try row?.int("present") ?? 0
  }

  private static let changes = """
    SELECT endtime AS moment, -1 AS delta FROM checkin_records WHERE endtime >= ?1
    UNION ALL
    SELECT starttime, 1 FROM checkin_records WHERE endtime >= ?1 AND starttime >= ?1
    UNION ALL
    SELECT starttime, 1 FROM checkin_users WHERE status = 1 AND starttime >= ?1
    """

  /// The rise from `moment` to the end of the fullest second.
  fileprivate func highestRise(since moment: Int64) throws -> Int {
    let row = try first(
      """
      SELECT CAST(coalesce(max(rise), 0) AS BIGINT) AS rise FROM (
        SELECT sum(delta) OVER (ORDER BY moment) AS rise FROM (
          SELECT moment, sum(delta) AS delta FROM (\(Transaction.changes)) AS changes
          GROUP BY moment) AS seconds) AS rises
      """, moment)
    return try row?.int("rise") ?? 0
  }

  fileprivate func changesPerMinute(since moment: Int64) throws -> [(minute: Int64, delta: Int)] {
    try query(
      """
      SELECT moment / 60 AS minute, CAST(sum(delta) AS BIGINT) AS delta
      FROM (\(Transaction.changes)) AS changes GROUP BY moment / 60 ORDER BY minute
      """, moment
    ).map { (try $0.int64("minute"), try $0.int("delta")) }
  }
}
