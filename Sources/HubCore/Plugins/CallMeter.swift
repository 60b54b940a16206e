internal import Loop
internal import PluginKit

/// Counts calls per route and caller, for the routes that limit them.
///
/// A window begins with a caller's first call and is forgotten when it is over; at most
/// `capacity` callers are remembered, so that a flood from many addresses costs bounded memory.
final class CallMeter: Sendable {
  enum Caller: Hashable {
    case client(ClientKey)
    case account(String)
  }

  private struct Window {
    var endsAt: Int64
    var count: Int
  }
  private struct Key: Hashable {
    let route: String
    let caller: Caller
  }

  private let windows = Locked<[Key: Window]>([:])
  private let capacity: Int

  init(capacity: Int = 100_000) { self.capacity = capacity }

  /// Counts one call at `now` (Unix milliseconds); the seconds to wait if it is one too many.
  func count(_ limit: CallLimit, route: String, caller: Caller, now: Int64) -> Int? {
    let key = Key(route: route, caller: caller)
    return windows.withLock { windows in
      if let window = windows[key], window.endsAt > now {
        windows[key] = Window(endsAt: window.endsAt, count: window.count + 1)
        return window.count < limit.count ? nil : Int((window.endsAt - now + 999) / 1000)
      }
      if windows.count >= capacity { windows = windows.filter { $0.value.endsAt > now } }
      // Still full: everybody in it is active. Starting anew forgives a few, refusing would lock
      // out everybody else.
      if windows.count >= capacity { windows.removeAll() }
      windows[key] = Window(endsAt: now + Int64(limit.seconds) * 1000, count: 1)
      return nil
    }
  }
}
