/// The reason why a client cannot be given all events that it missed.
enum RecoveryGap: String, Error {
  case epochChanged = "epoch_changed"
  case tooOld = "too_old"
  case tooMany = "too_many"
}

/// A part of a topic's history for a client that pages back.
struct HistoryPage: Equatable {
  var events: ArraySlice<Publication>
  /// Whether there is something older here.
  var hasMore: Bool

  static func == (left: HistoryPage, right: HistoryPage) -> Bool {
    left.hasMore == right.hasMore && left.events.elementsEqual(right.events, by: ===)
  }
}
