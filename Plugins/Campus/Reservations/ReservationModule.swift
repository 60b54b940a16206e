internal import PluginKit

/// The parts of the module for meeting rooms and reservations.
struct ReservationModule: Sendable {
  let store: ReservationStore
  let announcer: RoomAnnouncer

  init(_ services: PluginServices) {
    store = ReservationStore(store: services.store)
    announcer = RoomAnnouncer(services, store)
  }
}
