/// A topic's history as it was read from the store.
struct StoredTopic: Sendable {
  struct Event: Sendable {
    let offset: UInt64
    let ts: Int64
    let author: String?
    let data: [UInt8]
  }

  /// The key that an event was published under, so that a repetition is known.
  struct Mark: Sendable, Equatable {
    let key: IdempotencyWindow.Key
    let offset: UInt64
    let ts: Int64
  }

  var epoch: String
  var offset: UInt64 = 0
  /// Oldest first.
  var events: [Event] = []
  /// Oldest first; also those of events that are kept no more.
  var marks: [Mark] = []
}

/// Events of one topic that go to the store in one transaction, oldest first.
struct StoreBatch: Sendable {
  struct Entry: Sendable {
    let publication: Publication
    let key: IdempotencyWindow.Key?
  }

  let entries: [Entry]
  let epoch: String
  /// The offset of the newest.
  let last: UInt64
}
