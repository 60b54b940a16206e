/// The rows of a growing table that a reader has seen, by their numbers. A pure value: time is a
/// parameter.
///
/// A low number can become visible late, when its transaction ends. So the floor rises half a minute
/// to a minute after the reader saw a row, and rows above it are remembered one by one.
struct SeenRows: Sendable {
  private static let latest: Int64 = 30_000

  /// Rows up to here are seen; a reader asks for those above.
  private(set) var floor = 0
  private var above: Set<Int> = []
  private var highest = 0
  /// The highest row at the moment `markedAt`, which becomes the floor.
  private var mark = 0
  private var markedAt: Int64 = .min

  /// True if the row is new.
  @discardableResult
  mutating func insert(_ row: Int) -> Bool {
    row > floor && above.insert(row).inserted
  }

  /// Ends a read of the table, which showed rows up to `row`, or none above the floor.
  mutating func noteHighest(_ row: Int?, at now: Int64) {
    highest = max(highest, row ?? 0)
    // A clock that was set back starts again.
    guard markedAt <= now, markedAt > .min else { return setMark(at: now) }
    guard now - markedAt >= SeenRows.latest else { return }
    floor = mark
    above = above.filter { $0 > floor }
    setMark(at: now)
  }

  private mutating func setMark(at now: Int64) {
    mark = highest
    markedAt = now
  }
}
