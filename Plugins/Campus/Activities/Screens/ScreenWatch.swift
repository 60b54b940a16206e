internal import JSON
internal import PluginKit
internal import Primitives

/// Looks after the screens: says which one became stale, and which one is current again.
final class ScreenWatch: Sendable {
  static let topic: Topic = "campus.screens"

  let screens: ScreenStore
  private let hub: any Hub
  private let clock: any WallClock
  private let log: Log
  private let counted = Locked((all: 0, stale: 0))

  init(_ services: PluginServices) {
    screens = ScreenStore(store: services.store)
    hub = services.hub
    clock = services.clock
    log = services.log
  }

  /// Screens, and how many of them are stale, as of the last look.
  var counts: (all: Int, stale: Int) { counted.withLock { $0 } }

  /// Nil if there is no such item.
  func report(
    _ id: String, of clockin: Int64, by user: Int64, showing shown: Int64?
  ) async throws -> Screen? {
    let reported = try await screens.report(
      id, of: clockin, by: user, showing: shown, at: clock.now)
    guard let reported else { return nil }
    if reported.hasChanged { await tell(reported.screen) }
    return reported.screen
  }

  /// A job runs this every few seconds.
  func look() async throws {
    for screen in try await screens.markSilent(at: clock.now) {
      await tell(screen, as: .silent)
    }
    let counts = try await screens.counts()
    counted.withLock { $0 = counts }
  }

  private func tell(_ screen: Screen, as state: Screen.State? = nil) async {
    let state = state ?? screen.state
    var fields = screen.fields
    fields["state"] = .string(state.rawValue)
    let event = Event(state == .current ? "screen.current" : "screen.stale", fields)
    await hub.announce(event, to: [ScreenWatch.topic])
    let facts: Log.Fields = ["screen": "\(screen.id)", "item": "\(screen.clockin)"]
    if state != .current { log.warning("a screen with a QR code is stale", facts) }
    do {
      try await hub.notify(event, about: "screen:\(screen.clockin):\(screen.id)")
    } catch {
      log.warning("a webhook about a screen was not stored", ["reason": "\(error)"])
    }
  }
}
