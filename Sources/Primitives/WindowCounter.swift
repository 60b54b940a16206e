/// Counts occurrences per key, in windows that begin with a key's first occurrence.
///
/// Times are Unix milliseconds. At most `capacity` keys are remembered, so that a flood of keys
/// costs bounded memory.
public struct WindowCounter<Key: Hashable & Sendable>: Sendable {
  private struct Window {
    var ends: Int64
    var used: Int
  }

  private var windows: [Key: Window] = [:]
  private let capacity: Int

  public init(capacity: Int = 10_000) { self.capacity = capacity }

  /// Counts one occurrence; if there were too many already, the milliseconds until the next may be.
  public mutating func take(_ key: Key, _ limit: WindowLimit, at now: Int64) -> Int64? {
    if let wait = wait(key, limit, at: now) { return wait }
    makeRoom(at: now)
    let fresh = Window(ends: now + limit.milliseconds, used: 0)
    windows[key, default: fresh].used += 1
    return nil
  }

  /// Takes one occurrence back that turned out not to count.
  public mutating func giveBack(_ key: Key) {
    guard let used = windows[key]?.used, used > 0 else { return }
    windows[key]?.used = used - 1
  }

  /// Milliseconds until the key may again, nil if it may now.
  public mutating func wait(_ key: Key, _ limit: WindowLimit, at now: Int64) -> Int64? {
    guard let window = windows[key] else { return nil }
    guard window.ends > now else {
      windows[key] = nil
      return nil
    }
    return window.used < limit.count ? nil : window.ends - now
  }

  /// Forgets the past windows of a full table, and all of them if none is past. That forgives a
  /// few keys their occurrences; to refuse new keys would lock out everybody else.
  private mutating func makeRoom(at now: Int64) {
    guard windows.count >= capacity else { return }
    windows = windows.filter { $0.value.ends > now }
    if windows.count >= capacity { windows = [:] }
  }
}

/// How often something may happen in a window of time.
public struct WindowLimit: Sendable, Hashable {
  public let count: Int
  public let milliseconds: Int64

  public init(count: Int, seconds: Int) {
    self.count = count
    milliseconds = Int64(clamping: seconds) * 1000
  }
}
