package import HubProtocol

/// Holds back the events of a busy topic for a moment, so that they go out together.
///
/// All topics with the same window send at the same moments, so that a client that follows several
/// of them is served once. Times are Unix milliseconds.
package struct EventGatherer {
  package enum Verdict: Equatable {
    /// The topic was quiet: the event goes out at once.
    case send
    /// The first that waits: all go out after so many milliseconds.
    case sendAll(after: Int64)
    case wait
    /// Enough for one frame: all go out now.
    case sendAllNow
  }

  /// This many events make a frame that is long enough.
  package static let most = 256

  private let window: Int64
  private var waiting: [Publication] = []
  private var sentAt: Int64 = 0

  package init(window: Int64) { self.window = window }

  package var isEmpty: Bool { waiting.isEmpty }

  package mutating func add(_ publication: Publication, at now: Int64) -> Verdict {
    let isFirst = waiting.isEmpty
    if window <= 0 || isFirst && now - sentAt >= window {
      sentAt = now
      return .send
    }
    waiting.append(publication)
    if waiting.count >= EventGatherer.most { return .sendAllNow }
    return isFirst ? .sendAll(after: window - now % window) : .wait
  }

  package mutating func takeAll(at now: Int64) -> [Publication] {
    guard !waiting.isEmpty else { return [] }
    sentAt = now
    defer { waiting.removeAll(keepingCapacity: true) }
    return waiting
  }
}
