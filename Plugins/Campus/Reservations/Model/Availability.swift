/// The windows in which a room is free.
enum Availability {
  /// Consecutive windows of one length in each free gap of a search window.
  ///
  /// The windows of a gap begin at its start and never overlap.
  /// - Parameters:
  ///   - length: in microseconds, more than 0.
  ///   - busy: sorted by their beginning; they may reach beyond the search window.
  ///   - most: no more windows are made.
  static func windows(
    of length: Int64, in search: Range<Moment>, beside busy: [Range<Moment>], most: Int = .max
  ) -> [Range<Moment>] {
    guard length > 0 else { return [] }
    var windows: [Range<Moment>] = []
    var free = search.lowerBound
    for span in busy where span.upperBound > free {
      fill(from: free, to: min(span.lowerBound, search.upperBound), length, most, &windows)
      free = span.upperBound
    }
    fill(from: free, to: search.upperBound, length, most, &windows)
    return windows
  }

  private static func fill(
    from start: Moment, to end: Moment, _ length: Int64, _ most: Int,
    _ windows: inout [Range<Moment>]
  ) {
    var start = start.microseconds
    while windows.count < most, end.microseconds - start >= length {
      windows.append(Moment(microseconds: start)..<Moment(microseconds: start + length))
      start += length
    }
  }
}
