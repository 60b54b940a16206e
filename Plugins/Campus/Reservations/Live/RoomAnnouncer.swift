internal import JSON
internal import PluginKit
internal import Primitives

/// Tells the topics what was stored about reservations, and what time alone changes.
///
/// The store knows when the next reservation begins or ends. A task waits for that moment from the
/// first subscription on.
final class RoomAnnouncer: Sendable {
  /// The wall clock can be set, and other nodes make reservations, so both are looked at this often.
  private static let longestPause: Int64 = 1000

  private struct State {
    var task: Task<Void, Never>?
    var isStopped = false
    /// Changes up to this moment have been told.
    var toldUpTo: Moment?
  }

  private let hub: any Hub
  private let clock: any WallClock
  private let log: Log
  private let settings: Settings
  private let reservations: ReservationStore
  private let state = Locked(State())

  init(_ services: PluginServices, _ reservations: ReservationStore) {
    hub = services.hub
    clock = services.clock
    log = services.log
    settings = services.settings
    self.reservations = reservations
  }

  var titles: TitlePolicy { TitlePolicy(isPrivate: settings.flag(Keys.privateTitles)) }

  private var now: Moment { Moment(milliseconds: clock.now) }

  func created(_ reservation: Reservation) async { await tell("created", reservation) }

  func changed(_ reservation: Reservation) async { await tell("changed", reservation) }

  private func tell(_ what: String, _ reservation: Reservation) async {
    let event = Event(
      "reservation.\(what)", ["reservation": .object(titles.event(reservation))])
    await announce(event, of: reservation.room.id)
  }

  func cancelled(_ reservation: Reservation) async {
    let event = Event(
      "reservation.cancelled",
      [
        "id": .int(reservation.id), "meetingroom": .int(reservation.room.id),
        "reserve_from": .string(reservation.from.text),
        "reserve_to": .string(reservation.to.text),
      ])
    await announce(event, of: reservation.room.id)
  }

  private func announce(_ event: Event, of room: Int64) async {
    await hub.announce(event, to: [RoomTopics.all, RoomTopics.room(room)])
  }

  /// Begins to tell what time changes.
  func watch() {
    state.withLock { state in
      guard !state.isStopped, state.task == nil else { return }
      if state.toldUpTo == nil { state.toldUpTo = now }
      state.task = Task { await self.run() }
    }
  }

  func stop() async {
    let task = state.withLock { state in
      state.isStopped = true
      return state.task
    }
    task?.cancel()
    await task?.value
  }

  private func run() async {
    while !Task.isCancelled {
      let next = await look()
      let pause = next.map { $0.microseconds / 1000 - clock.now } ?? RoomAnnouncer.longestPause
      let bounded = min(max(pause, 1), RoomAnnouncer.longestPause)
      try? await Task.sleep(for: .milliseconds(bounded))
    }
  }

  /// Tells of the rooms in which a reservation began or ended since the last look. Returns the
  /// moment of the next change.
  @discardableResult func look() async -> Moment? {
    let now = now
    let start = state.withLock { $0.toldUpTo ?? now }
    do {
      if start < now {
        for room in try await reservations.changed(after: start, upTo: now) {
          try await tellState(of: room, at: now)
        }
      }
      state.withLock { $0.toldUpTo = now }
      return try await reservations.nextChange(after: now)
    } catch {
      log.warning("the states of rooms were not told", ["reason": "\(error)"])
      return nil
    }
  }

  private func tellState(of room: Int64, at now: Moment) async throws {
    let running = try await reservations.overlapping(now..<(now + 1), room: room)
    let isBusy = running.contains { $0.from <= now }
    let event = Event(
      "room.changed",
      ["meetingroom": .int(room), "state": .string(isBusy ? "busy" : "free")])
    await announce(event, of: room)
  }
}
