internal import PluginKit
internal import Primitives

/// Counts calls per route and caller, for the routes that limit them.
final class CallLimits: Sendable {
  enum Caller: Hashable {
    case client(ClientKey)
    case account(String)
  }

  private struct Key: Hashable {
    let route: String
    let caller: Caller
  }

  private let windows = Locked(WindowCounter<Key>(capacity: 100_000))

  /// Counts one call at `now` (Unix milliseconds); the seconds to wait if it is one too many.
  func count(_ limit: CallLimit, route: String, caller: Caller, now: Int64) -> Int? {
    let key = Key(route: route, caller: caller)
    let window = WindowLimit(count: limit.count, seconds: limit.seconds)
    let wait = windows.withLock { $0.take(key, window, at: now) }
    return wait.map { Int(($0 + 999) / 1000) }
  }
}
