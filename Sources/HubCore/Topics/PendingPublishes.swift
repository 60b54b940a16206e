internal import HubProtocol
internal import HubTopics
internal import PluginKit
internal import Primitives

/// The callers of the gateway that wait until their event is published, by number: a request on its
/// way to another worker holds the number alone.
final class PendingPublishes: Sendable {
  private typealias Caller = CheckedContinuation<Position, any Error>
  private struct State {
    var callers: [UInt64: Caller] = [:]
    var lastNumber: UInt64 = 0
  }

  private let state = Locked(State())

  /// Waits for the end of a publish, which `send` begins with its number.
  func wait(_ send: (UInt64) -> Void) async throws -> Position {
    try await withCheckedThrowingContinuation { caller in
      let number = state.withLock { state in
        state.lastNumber += 1
        state.callers[state.lastNumber] = caller
        return state.lastNumber
      }
      send(number)
    }
  }

  func end(_ number: UInt64, _ outcome: PublishReply.Outcome) {
    let caller = state.withLock { $0.callers.removeValue(forKey: number) }
    switch outcome {
    case .stored(let position, _): caller?.resume(returning: position)
    case .refused(.unknownTopic, _): caller?.resume(throwing: HubError(.unknownTopic))
    case .refused: caller?.resume(throwing: HubError(.storeUnavailable))
    }
  }
}
