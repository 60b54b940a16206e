package import HubProtocol

/// A topic's history as it was read from the store.
package struct StoredTopic: Sendable {
  package struct Event: Sendable {
    package let offset: UInt64
    package let ts: Int64
    package let author: String?
    package let data: [UInt8]

    package init(offset: UInt64, ts: Int64, author: String?, data: [UInt8]) {
      self.offset = offset
      self.ts = ts
      self.author = author
      self.data = data
    }
  }

  /// The key that an event was published under, so that a repetition is known.
  package struct Mark: Sendable, Equatable {
    package let key: IdempotencyWindow.Key
    package let offset: UInt64
    package let ts: Int64

    package init(key: IdempotencyWindow.Key, offset: UInt64, ts: Int64) {
      self.key = key
      self.offset = offset
      self.ts = ts
    }
  }

  package var epoch: String
  package var offset: UInt64 = 0
  /// Oldest first.
  package var events: [Event] = []
  /// Oldest first; also those of events that are kept no more.
  package var marks: [Mark] = []

  package init(epoch: String, offset: UInt64 = 0, events: [Event] = [], marks: [Mark] = []) {
    self.epoch = epoch
    self.offset = offset
    self.events = events
    self.marks = marks
  }
}

/// Events of one topic that go to the store in one transaction, oldest first.
package struct StoreBatch: Sendable {
  package struct Entry: Sendable {
    package let publication: Publication
    package let key: IdempotencyWindow.Key?
  }

  package let entries: [Entry]
  package let epoch: String
  /// The offset of the newest.
  package let last: UInt64
}
