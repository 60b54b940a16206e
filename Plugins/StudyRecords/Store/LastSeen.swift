internal import PluginKit
internal import Primitives
internal import Storage

/// The last call of each user. It changes with every call, so it is written in batches, and a call
/// that only reads does not wait for the disk.
final class LastSeen: Sendable {
  private let store: any Store
  private let pending = Locked<[Int64: Moment]>([:])

  init(store: any Store) { self.store = store }

  func note(_ user: Int64, at moment: Moment) {
    pending.withLock { $0[user] = max(moment, $0[user] ?? moment) }
  }

  func latest(of user: Int64, stored: Moment) -> Moment {
    pending.withLock { max(stored, $0[user] ?? stored) }
  }

  /// Writes the pending moments; after a failure they stay pending.
  func flush() async throws {
    let batch = pending.withLock { $0 }
    guard !batch.isEmpty else { return }
    let ordered = batch.sorted { $0.key < $1.key }
    try await store.write { tx in
      for (user, moment) in ordered {
        try tx.execute(
          "UPDATE study_users SET last_seen = ? WHERE id = ? AND last_seen < ?", moment.seconds,
          user, moment.seconds)
      }
    }
    pending.withLock { pending in
      for (user, moment) in batch where pending[user] == moment { pending[user] = nil }
    }
  }
}
