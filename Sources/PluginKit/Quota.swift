/// How often something may happen per key, in windows that begin with its first occurrence.
public struct Quota: Sendable {
  private struct Window {
    var ends: Int64
    var used: Int
  }

  private static let mostKeys = 10_000
  private var windows: [String: Window] = [:]
  private let count: Int
  private let milliseconds: Int64

  public init(count: Int, seconds: Int) {
    self.count = count
    milliseconds = Int64(seconds) * 1000
  }

  /// Counts one occurrence; false if there were too many already.
  public mutating func take(_ key: String, at now: Int64) -> Bool {
    guard wait(key, at: now) == nil else { return false }
    makeRoom(at: now)
    windows[key, default: Window(ends: now + milliseconds, used: 0)].used += 1
    return true
  }

  /// Takes one occurrence back that turned out not to count.
  public mutating func giveBack(_ key: String) {
    guard let used = windows[key]?.used, used > 0 else { return }
    windows[key]?.used = used - 1
  }

  /// Milliseconds until the key may again, nil if it may now.
  public mutating func wait(_ key: String, at now: Int64) -> Int64? {
    guard let window = windows[key] else { return nil }
    guard window.ends > now else {
      windows[key] = nil
      return nil
    }
    return window.used < count ? nil : window.ends - now
  }

  /// A flood of keys must not fill the memory: when too many are known, the past ones go, and if
  /// none is past, all do.
  private mutating func makeRoom(at now: Int64) {
    guard windows.count >= Quota.mostKeys else { return }
    windows = windows.filter { $0.value.ends > now }
    if windows.count >= Quota.mostKeys { windows = [:] }
  }
}
