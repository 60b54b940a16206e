internal import JSON
public import PluginKit

/// The micro-services of a faculty for its teachers: people, activities with clock-in, and more.
///
/// It serves the documented calls at the root and below `/campus`, and announces changes in the
/// topics `campus.…`. Each folder is a module with its own calls, tables and topics; `Kit` holds the
/// rules that the modules share.
public final class CampusPlugin: Plugin {
  public static let name = "campus"

  let services: PluginServices
  let users: UserStore
  let contacts: ContactStore
  let tokens: TokenStore
  let weChat: WeChat
  let familyNames = FamilyNameIndex()
  let activities: ActivityModule
  let reservations: ReservationModule

  public init(services: PluginServices) {
    self.services = services
    users = UserStore(services)
    contacts = ContactStore(users: users)
    weChat = WeChat(services)
    tokens = TokenStore(store: services.store, clock: services.clock)
    activities = ActivityModule(services)
    reservations = ReservationModule(services)
  }

  public func register(with registrar: inout Registrar) {
    registrar.migrate(1, DirectoryTables.first)
    registrar.migrate(2, ActivityTables.first)
    registrar.migrate(3, ActivityTables.screens)
    registrar.migrate(4, ActivityTables.scans)
    registrar.migrate(5, ActivityTables.corrections)
    registrar.migrate(6, ActivityTables.receipts)
    registrar.migrate(7, ActivityTables.attendance)
    registrar.migrate(20, ReservationTables.first)
    registrar.errorShape(Refusal.shape, schema: Documents.refusal)
    registrar.authenticator(TokenCredentials.authenticator(tokens))
    registrar.mount(at: "", "/campus")
    registerDirectory(with: &registrar)
    registerUserTopic(with: &registrar)
    registerActivities(with: &registrar)
    registerClockins(with: &registrar)
    registerActivityOffice(with: &registrar)
    registerClockinOffice(with: &registrar)
    registerRecords(with: &registrar)
    registerActivityTopics(with: &registrar)
    registerScreens(with: &registrar)
    registerHeldScans(with: &registrar)
    registerReceipts(with: &registrar)
    registerLooks(with: &registrar)
    registerThresholds(with: &registrar)
    registerRooms(with: &registrar)
    registerReservations(with: &registrar)
    registerRoomOffice(with: &registrar)
    registerRoomTopics(with: &registrar)
    CampusPlugin.registerPages(with: &registrar)
    registrar.job("tokens", .every(seconds: 3600)) { _ in try await self.tokens.sweep() }
    registrar.demo(Demo.seed)
  }

  public func stop() async {
    await activities.rotation.stop()
    await reservations.announcer.stop()
  }
}
