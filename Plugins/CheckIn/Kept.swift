internal import PluginKit
internal import Primitives

/// Something that stays true while people come and go.
protocol Following {
  /// Takes a change of somebody in. False if it can no longer tell what is true.
  mutating func take(_ person: Person) -> Bool
}

/// Something read from the tables once and then kept true by what changes.
///
/// A thousand dashboards that come back at once cost one look at the tables, and a check-in costs
/// none. Changes of one person must be noted in their order; those of different people may come in
/// any order.
final class Kept<Value: Following & Sendable>: Sendable {
  private struct State {
    var value: Value?
    var readAt: Int64 = 0
    /// What has changed while it is being read; nil while nobody reads.
    var missed: [Person]?
    /// The newest change that could not be followed, such as the beginning of a week.
    var horizon = 0
    /// A reading that began before such a change is not kept.
    var isOutdated = false
  }

  private let state = Locked(State())
  private let turns = KeyedQueue<String>()
  private let lifetime: Int64

  /// - Parameter lifetime: milliseconds after which it is read again, because others may have
  ///   changed the tables.
  init(lifetime: Int64) { self.lifetime = lifetime }

  /// What `body` finds. The value is read if it is not known.
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

  /// Somebody has changed with the change of that number.
  func note(_ person: Person, _ number: Int) {
    state.withLock { state in
      // The value may be newer than this, and nobody can say whether it is.
      if number <= state.horizon { return Kept.forget(&state) }
      if state.missed != nil { state.missed?.append(person) }
      if state.value?.take(person) == false { state.value = nil }
    }
  }

  /// Many people have changed, or it is not known who.
  func forget(_ number: Int) {
    state.withLock { state in
      state.horizon = max(state.horizon, number)
      Kept.forget(&state)
    }
  }

  private static func forget(_ state: inout State) {
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
      for person in state.missed ?? [] where !value.take(person) { state.isOutdated = true }
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
