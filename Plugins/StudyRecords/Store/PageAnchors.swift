internal import PluginKit
internal import Primitives
internal import Storage

/// The ids of every thousandth record, from which pages of the long list are counted off.
///
/// Records are never removed, so an anchor stays right once no earlier id can appear any more: a
/// transaction that began earlier may still bring a lower id at the end of the list.
final class PageAnchors: Sendable {
  /// A record and the number of records up to it.
  struct Anchor: Sendable {
    static let start = Anchor(count: 0, id: 0)

    let count: Int
    let id: Int64
  }

  private static let distance = 1000

  private let store: any Store
  private let known = Locked<[Int: Anchor]>([:])

  init(store: any Store) { self.store = store }

  /// The nearest anchor at or before `count` records, in a list of `total`.
  func anchor(before count: Int, of total: Int) async throws -> Anchor {
    let settled = max(0, total - PageAnchors.distance)
    let wanted = min(count, settled) / PageAnchors.distance
    let nearest = nearest(to: wanted)
    guard nearest.count < wanted * PageAnchors.distance else { return nearest }
    let skipped = wanted * PageAnchors.distance - nearest.count - 1
    let row = try await store.first(
      "SELECT id FROM study_studys WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?", nearest.id, skipped)
    guard let row else { return nearest }
    let anchor = Anchor(count: wanted * PageAnchors.distance, id: try row.int64("id"))
    known.withLock { $0[wanted] = anchor }
    return anchor
  }

  private func nearest(to wanted: Int) -> Anchor {
    known.withLock { known in
      for index in stride(from: wanted, to: 0, by: -1) {
        if let anchor = known[index] { return anchor }
      }
      return .start
    }
  }
}
