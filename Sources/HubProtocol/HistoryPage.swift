/// The reason why a client cannot be given all events that it missed.
package enum RecoveryGap: String, Error {
  case epochChanged = "epoch_changed"
  case tooOld = "too_old"
  case tooMany = "too_many"
}

/// A part of a topic's history for a client that pages back.
package struct HistoryPage: Equatable {
  package var events: ArraySlice<Publication>
  /// Whether there is something older here.
  package var hasMore: Bool

  package init(events: ArraySlice<Publication>, hasMore: Bool) {
    self.events = events
    self.hasMore = hasMore
  }

  package static func == (left: HistoryPage, right: HistoryPage) -> Bool {
    left.hasMore == right.hasMore && left.events.elementsEqual(right.events, by: ===)
  }
}
