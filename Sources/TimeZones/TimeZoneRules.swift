/// A zone of the time zone database: which distance from UTC holds at which moment.
public final class TimeZoneRules: Sendable {
  /// `Europe/Berlin`
  public let name: String
  private let data: TimeZoneData

  init(_ name: String, _ data: TimeZoneData) {
    self.name = name
    self.data = data
  }

  /// Seconds east of Greenwich at a moment in Unix seconds.
  public func offsetSeconds(at moment: Int64) -> Int {
    let next = place(after: moment)
    guard next > 0 else { return data.earliest }
    if next == data.changes.count, let rule = data.rule { return rule.offsetSeconds(at: moment) }
    return data.changes[next - 1].offset
  }

  /// The index of the first change after `moment`.
  private func place(after moment: Int64) -> Int {
    var low = 0
    var high = data.changes.count
    while low < high {
      let middle = low + (high - low) / 2
      if data.changes[middle].moment <= moment { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension TimeZoneRules: Equatable {
  public static func == (a: TimeZoneRules, b: TimeZoneRules) -> Bool { a.name == b.name }
}

/// The content of a file of the time zone database.
struct TimeZoneData: Sendable {
  /// The offset before the first change.
  let earliest: Int
  /// Ascending.
  let changes: [(moment: Int64, offset: Int)]
  /// The rule for all years after the last change; none if that one's offset stays.
  let rule: YearlyRule?
}
