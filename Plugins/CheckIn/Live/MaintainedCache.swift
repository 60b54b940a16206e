internal import PluginKit
internal import Primitives

/// A value read from the tables that can follow changes of single people.
protocol MaintainedValue {
  /// Follows the change of a person. False if the value cannot know the new state.
  mutating func apply(_ person: Person) -> Bool
}

/// A value that is read from the tables once and then maintained by applying each change.
///
/// A thousand dashboards that reconnect at once cost one read, and a check-in costs none. Changes
/// of one person must be applied in their order; those of different people may come in any order.
final class MaintainedCache<Value: MaintainedValue & Sendable>: Sendable {
  private struct State {
    var value: Value?
    var readAt: Int64 = 0
    /// The changes since a read began; nil while there is none.
    var missed: [Person]?
    /// The newest change that could not be applied, such as the beginning of a week.
    var horizon = 0
    /// The result of a read that began before such a change is not kept.
    var isOutdated = false
  }

  private let state = Locked(State())
  private let turns = KeyedQueue<String>()
  private let lifetime: Int64

  /// - Parameter lifetime: milliseconds after which the value is read again, for tables that other
  ///   programs may change.
  init(lifetime: Int64) { self.lifetime = lifetime }

  /// The result of `body` for the value, which is read if it is not known.
  func use<Result: Sendable>(
    at now: Int64, _ body: (inout Value) -> Result, reading: () async throws -> Value
  ) async throws -> Result {
    if let result = known(at: now, body) { return result }
    return try await turns.inTurn("") {
      if let result = known(at: now, body) { return result }
      begin()
      do {
        return finish(try await reading(), at: now, body)
      } catch {
        state.withLock { $0.missed = nil }
        throw error
      }
    }
  }

  /// Applies the change of that number, which has changed `person`.
  func apply(_ person: Person, _ number: Int) {
    state.withLock { state in
      // The value may or may not contain this change already.
      if number <= state.horizon { return MaintainedCache.drop(&state) }
      if state.missed != nil { state.missed?.append(person) }
      if state.value?.apply(person) == false { state.value = nil }
    }
  }

  /// Drops the value: many people have changed, or it is unknown which.
  func invalidate(_ number: Int) {
    state.withLock { state in
      state.horizon = max(state.horizon, number)
      MaintainedCache.drop(&state)
    }
  }

  private static func drop(_ state: inout State) {
    state.value = nil
    state.isOutdated = true
  }

  private func known<Result: Sendable>(
    at now: Int64, _ body: (inout Value) -> Result
  ) -> Result? {
    state.withLock { state in
      guard state.value != nil, now >= state.readAt, now - state.readAt <= lifetime else {
        return nil
      }
      return body(&state.value!)
    }
  }

  private func begin() {
    state.withLock { state in
      state.value = nil
      state.missed = []
      state.isOutdated = false
    }
  }

  private func finish<Result: Sendable>(
    _ fresh: Value, at now: Int64, _ body: (inout Value) -> Result
  ) -> Result {
    state.withLock { state in
      var value = fresh
      for person in state.missed ?? [] where !value.apply(person) { state.isOutdated = true }
      state.missed = nil
      let result = body(&value)
      if !state.isOutdated {
        state.value = value
        state.readAt = now
      }
      return result
    }
  }
}
