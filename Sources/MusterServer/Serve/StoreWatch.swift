internal import Loop
internal import PluginKit
internal import Primitives
internal import Storage

/// Knows whether the database can be written, and tells the log when that changes.
///
/// That it can be read says nothing on a full disk, so a row is written. It is asked for at most
/// once a second, and by itself only while units of work fail: an idle server writes nothing.
final class StoreWatch: Sendable {
  private static let owner = "hub_watch"
  private static let migrations = [
    Migration(1, "CREATE TABLE hub_watch (name TEXT PRIMARY KEY, at BIGINT NOT NULL)")
  ]
  private static let pause = Duration.seconds(2)

  private struct State {
    var askedAt: Int64 = 0
    var trouble: StoreError?
    var failures = 0
  }

  private let store: any Store
  private let clock: any WallClock
  private let log: Log
  private let state = Locked(State())
  private let work = Locked<Task<Void, Never>?>(nil)

  init(_ store: any Store, clock: any WallClock, log: Log) {
    self.store = store
    self.clock = clock
    self.log = log
  }

  static func migrate(_ store: any Store) async throws {
    try await store.migrate(owner, migrations)
  }

  /// Throws why the database cannot be written.
  func check() async throws(StoreError) {
    let now = clock.now
    let known = state.withLock { state -> (isFresh: Bool, trouble: StoreError?) in
      let isFresh = now >= state.askedAt && now - state.askedAt < 1000
      if !isFresh { state.askedAt = now }
      return (isFresh, state.trouble)
    }
    let trouble = known.isFresh ? known.trouble : await look(at: now)
    if let trouble { throw trouble }
  }

  /// Why the database could not be written when it was last tried.
  var trouble: StoreError? { state.withLock { $0.trouble } }

  private func look(at now: Int64) async -> StoreError? {
    var trouble: StoreError?
    do {
      try await store.execute(
        """
        INSERT INTO hub_watch (name, at) VALUES ('ready', ?)
        ON CONFLICT (name) DO UPDATE SET at = excluded.at
        """, now)
    } catch {
      trouble = error
    }
    let before = state.withLock { state in
      defer { state.trouble = trouble }
      return state.trouble
    }
    if let trouble, before?.code != trouble.code {
      log.error("the database cannot be written", ["reason": "\(trouble)"])
    } else if trouble == nil, before != nil {
      log.info("the database can be written again", [:])
    }
    return trouble
  }

  func start() {
    let task = Task { [self] in
      while !Task.isCancelled {
        if isSuspicious { try? await check() }
        try? await Task.sleep(for: StoreWatch.pause)
      }
    }
    work.withLock { $0 = task }
  }

  func stop() async {
    let task = work.withLock { $0.take() }
    task?.cancel()
    await task?.value
  }

  /// Has anything failed since the last look, or was there trouble then?
  private var isSuspicious: Bool {
    let failures = store.metrics.failures
    return state.withLock { state in
      defer { state.failures = failures }
      return failures > state.failures || state.trouble != nil
    }
  }
}
