internal import PluginKit

/// A moment to the second in the document's notation: UTC, without a zone.
struct Moment: Sendable, Hashable, Comparable {
  /// Unix seconds.
  let seconds: Int64

  init(seconds: Int64) { self.seconds = seconds }

  /// From `2017-03-25 07:13:32` and nothing else.
  init?(_ text: String) {
    guard !text.utf8.contains(UInt8(ascii: "T")), let time = LocalTime(text, offsetSeconds: 0)
    else { return nil }
    seconds = time.unixMilliseconds / 1000
  }

  var text: String { LocalTime(seconds * 1000, offsetSeconds: 0).dateTime }

  static func < (a: Moment, b: Moment) -> Bool { a.seconds < b.seconds }
}
