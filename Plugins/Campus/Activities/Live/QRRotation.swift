internal import JSON
internal import PluginKit
internal import Primitives

/// Changes the QR code of each item that a screen watches, 25 seconds after the last change.
///
/// The store holds the keys, and a transaction decides which node makes the next one. Each node
/// keeps a task for an item that somebody has subscribed to through it. The task ends when nobody
/// in the whole hub watches any more.
final class QRRotation: Sendable {
  /// The wall clock can be set, so it is looked at this often.
  private static let longestPause: Int64 = 1000
  private static let retryPause: Int64 = 500

  private struct Watch {
    /// Grows with each new subscriber, so that a task that is about to end notices one.
    var subscribers = 1
    var task: Task<Void, Never>?
  }

  private struct State {
    var watches: [Int64: Watch] = [:]
    var isStopped = false
  }

  private let hub: any Hub
  private let clockins: ClockinStore
  private let clock: any WallClock
  private let log: Log
  private let settings: Settings
  private let state = Locked(State())

  init(_ services: PluginServices, _ clockins: ClockinStore) {
    hub = services.hub
    clock = services.clock
    log = services.log
    settings = services.settings
    self.clockins = clockins
  }

  /// The item with a code that is good now; nil if there is no such item.
  func current(_ item: Int64) async throws -> ClockinItem? {
    guard let (found, isNew) = try await clockins.rotate(item, at: clock.now) else { return nil }
    if isNew, let qr = qr(of: found) {
      var event = Event("qr.rotated", qr)
      event.isSecret = true
      await hub.announce(event, to: [ActivityTopics.qr(item)])
    }
    return found
  }

  /// The object for native clients and screens, with the picture as it is configured.
  func qr(of item: ClockinItem) -> JSONObject? { item.qr(behind: settings.text(Keys.qrLink)) }

  /// The same for a new subscriber: from now on the code changes by itself.
  func watch(_ item: Int64) async throws -> ClockinItem? {
    guard let found = try await current(item) else { return nil }
    state.withLock { state in
      guard !state.isStopped else { return }
      if state.watches[item] != nil {
        state.watches[item]?.subscribers += 1
      } else {
        state.watches[item] = Watch(task: Task { await self.run(item) })
      }
    }
    return found
  }

  func stop() async {
    let tasks = state.withLock { state in
      state.isStopped = true
      return state.watches.values.compactMap(\.task)
    }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  private func run(_ item: Int64) async {
    var due = clock.now
    while !Task.isCancelled {
      let pause = min(max(due - clock.now, 0), QRRotation.longestPause)
      if pause > 0 {
        try? await Task.sleep(for: .milliseconds(pause))
        continue
      }
      let subscribers = state.withLock { $0.watches[item]?.subscribers }
      guard let next = await turn(item) else {
        if end(item, subscribers) { return }
        continue
      }
      due = next
    }
  }

  /// Changes the code if it is due and watched. Returns the moment of the next turn, or nil if
  /// there is nothing to do any more.
  func turn(_ item: Int64) async -> Int64? {
    guard await hub.population(of: ActivityTopics.qr(item)) > 0 else { return nil }
    do {
      return try await current(item)?.keys.current?.expiresAt
    } catch {
      log.warning("a QR code was not changed", ["item": "\(item)", "reason": "\(error)"])
      return clock.now + QRRotation.retryPause
    }
  }

  /// Whether nobody has subscribed since `subscribers` were counted.
  private func end(_ item: Int64, _ subscribers: Int?) -> Bool {
    state.withLock { state in
      guard state.watches[item]?.subscribers == subscribers else { return false }
      state.watches[item] = nil
      return true
    }
  }
}
