// Numbers of a row, bounded so that arithmetic with them cannot overflow: a table may hold what
// another program has written, or what a broken import left.
extension Row {
  /// The number of an integer column, or the end of `range` that is next to it.
  public func int(_ name: String, in range: ClosedRange<Int>) throws(StoreError) -> Int {
    range.bounding(try int(name))
  }

  /// The same; nil for null.
  public func optionalInt(
    _ name: String, in range: ClosedRange<Int>
  ) throws(StoreError) -> Int? {
    try optionalInt(name).map { range.bounding($0) }
  }

  /// A moment from 1970 to 9999.
  public func unixSeconds(_ name: String) throws(StoreError) -> Int64 {
    Int64(try int(name, in: 0...Row.lastSecond))
  }

  /// The same; nil for null.
  public func optionalUnixSeconds(_ name: String) throws(StoreError) -> Int64? {
    try optionalInt(name, in: 0...Row.lastSecond).map { Int64($0) }
  }

  /// A moment from 1970 to 9999.
  public func unixMilliseconds(_ name: String) throws(StoreError) -> Int64 {
    Int64(try int(name, in: 0...Row.lastSecond * 1000))
  }

  /// The same; nil for null.
  public func optionalUnixMilliseconds(_ name: String) throws(StoreError) -> Int64? {
    try optionalInt(name, in: 0...Row.lastSecond * 1000).map { Int64($0) }
  }

  /// The end of the year 9999.
  private static let lastSecond = 253_402_300_799
}

extension ClosedRange<Int> {
  fileprivate func bounding(_ number: Int) -> Int {
    Swift.min(Swift.max(number, lowerBound), upperBound)
  }
}
