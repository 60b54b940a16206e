internal import PluginKit

/// Lets calls about one and the same thing pass one after another, and all others side by side.
///
/// A check-in and a check-out of one person must be announced in the order in which they were
/// stored, or everybody would see the wrong one last.
final class Lanes: Sendable {
  /// Who waits, per thing that somebody is busy with.
  private let queues = Shared<[String: [CheckedContinuation<Void, Never>]]>([:])

  func inTurn<Result>(_ key: String, _ body: () async throws -> Result) async rethrows -> Result {
    await enter(key)
    defer { leave(key) }
    return try await body()
  }

  private func enter(_ key: String) async {
    if isFree(key) { return }
    await withCheckedContinuation { continuation in
      let isNext = queues.withLock { queues in
        if queues[key] == nil {
          queues[key] = []
          return true
        }
        queues[key, default: []].append(continuation)
        return false
      }
      if isNext { continuation.resume() }
    }
  }

  /// Takes the lane if nobody has it: the usual case, without any waiting.
  private func isFree(_ key: String) -> Bool {
    queues.withLock { queues in
      guard queues[key] == nil else { return false }
      queues[key] = []
      return true
    }
  }

  /// Hands the lane to whoever has waited longest.
  private func leave(_ key: String) {
    let next: CheckedContinuation<Void, Never>? = queues.withLock { queues in
      guard let waiting = queues[key], !waiting.isEmpty else {
        queues[key] = nil
        return nil
      }
      return queues[key]?.removeFirst()
    }
    next?.resume()
  }
}
