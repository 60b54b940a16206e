internal import Primitives

/// The tabs that were here a moment ago: one that comes back within a minute goes on.
final class RecentSessions: Sendable {
  private struct Tab {
    let user: String
    var until: Int64
  }

  private static let milliseconds: Int64 = 60_000
  private static let capacity = 200_000

  private let tabs = Locked<[String: Tab]>([:])

  /// True if this tab of the same user was here less than a minute ago.
  func resume(_ tab: String, user: String, at now: Int64) -> Bool {
    tabs.withLock { tabs in
      guard let known = tabs.removeValue(forKey: tab) else { return false }
      return known.user == user && known.until > now
    }
  }

  func leave(_ tab: String, user: String, at now: Int64) {
    tabs.withLock { tabs in
      if tabs.count >= RecentSessions.capacity { tabs = tabs.filter { $0.value.until > now } }
      if tabs.count >= RecentSessions.capacity { return }
      tabs[tab] = Tab(user: user, until: now + RecentSessions.milliseconds)
    }
  }
}
