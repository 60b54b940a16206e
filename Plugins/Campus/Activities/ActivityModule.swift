internal import PluginKit

/// The parts of the module for activities, enrolment and clock-in.
struct ActivityModule: Sendable {
  let list: ActivityStore
  let enrollments: EnrollmentStore
  let clockins: ClockinStore
  let records: RecordStore
  let staff: ClockinStaff
  let followers: ActivityFollowers
  let rotation: QRRotation
  let announcer: ActivityAnnouncer
  let screens: ScreenWatch
  let heldScans: HeldScans
  let receipts: ReceiptStore
  let looks: LookStore
  let thresholds: Thresholds

  init(_ services: PluginServices) {
    let store = services.store
    list = ActivityStore(store: store)
    enrollments = EnrollmentStore(store: store)
    clockins = ClockinStore(store: store)
    records = RecordStore(store: store)
    staff = ClockinStaff(store: store)
    followers = ActivityFollowers(store: store)
    rotation = QRRotation(services, clockins)
    announcer = ActivityAnnouncer(services, followers)
    screens = ScreenWatch(services)
    heldScans = HeldScans(store: store)
    receipts = ReceiptStore(store: store)
    looks = LookStore(store: store)
    thresholds = Thresholds(store: store)
  }
}
