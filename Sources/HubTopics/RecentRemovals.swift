package import HubProtocol
internal import PluginKit
internal import Primitives

/// The users that were lately removed from the topics of one worker.
///
/// A plugin says that a user may come in, and takes that back by a removal. A subscribe that was
/// allowed before the removal and reaches the owner after it finds the removal here. Generations
/// order the two: each removal gets the next one, each subscribe carries the one at its beginning.
package struct RecentRemovals {
  package enum Verdict: Equatable {
    case current
    /// The user was removed after it had been let in.
    case removed
    /// Too many removals have followed to tell.
    case unknown
  }

  private struct Seat: Hashable {
    let topic: TopicName
    let user: String

    static func == (a: Seat, b: Seat) -> Bool {
      a.topic == b.topic && a.user.hasSameBytes(as: b.user)
    }
  }

  /// Removals beyond this many are forgotten, the oldest first.
  package static let most = 16_384

  private var generations: [Seat: UInt64] = [:]
  private var order = Fifo<(seat: Seat, generation: UInt64)>()
  /// The newest removal that is forgotten.
  private var forgotten: UInt64 = 0

  package init() {}

  package mutating func note(_ user: String, from topic: TopicName, generation: UInt64) {
    let seat = Seat(topic: topic, user: user)
    generations[seat] = generation
    order.append((seat, generation))
    guard order.count > RecentRemovals.most, let oldest = order.popFirst() else { return }
    forgotten = max(forgotten, oldest.generation)
    // The same user may have been removed again since.
    if generations[oldest.seat] == oldest.generation { generations[oldest.seat] = nil }
  }

  /// The state of a permission that was asked for at `generation`.
  package func verdict(_ user: String, in topic: TopicName, askedAt generation: UInt64) -> Verdict {
    if let removal = generations[Seat(topic: topic, user: user)], removal > generation {
      return .removed
    }
    return forgotten > generation ? .unknown : .current
  }
}
