internal import JSON
public import PluginKit

/// Study records of a library: students time their study, one record from its start to its end.
///
/// It serves the documented calls below `/api/v1.0` and announces changes in the topics `study.…`.
public final class StudyRecordsPlugin: Plugin {
  public static let name = "study"

  let services: PluginServices
  let users: UserStore
  let records: StudyStore
  let checks: StudentChecks
  let announcer: Announcer
  private let logins: BasicLogins

  public init(services: PluginServices) {
    self.services = services
    users = UserStore(
      store: services.store, accounts: services.accounts, clock: services.clock)
    records = StudyStore(store: services.store)
    checks = StudentChecks(services)
    announcer = Announcer(services, records: records)
    logins = BasicLogins(services.accounts)
  }

  public func register(with registrar: inout Registrar) {
    registrar.migrate(1, Tables.first)
    registrar.errorShape(Refusal.shape, schema: Documents.refusal)
    registrar.authenticator(BasicCredentials.authenticator(logins))
    registrar.mount(at: Links.root)
    registerUsers(with: &registrar)
    registerStudys(with: &registrar)
    registerRegistration(with: &registrar)
    registerTopics(with: &registrar)
    registrar.job("count", .every(seconds: 1)) { _ in await self.announcer.flushCount() }
    registrar.job("last_seen", .every(seconds: 5)) { _ in try await self.users.seen.flush() }
    StudyRecordsPlugin.registerPages(with: &registrar)
    registrar.demo(Demo.seed)
  }

  public func stop() async {
    do {
      try await users.seen.flush()
    } catch {
      services.log.warning("the last calls of users were not stored", ["reason": "\(error)"])
    }
  }

  var now: Moment { Moment(seconds: services.clock.now / 1000) }

  var isPrivate: Bool { services.settings.flag(Keys.isPrivate) }

  /// The caller's user, whose last call this is; nil for an account that is no student.
  func caller(_ request: Request) async throws -> Int64? {
    guard let id = try await users.id(of: try request.caller()) else { return nil }
    users.seen.note(id, at: now)
    return id
  }

  /// Throws a 404 where records are private and not the caller's.
  func requireVisible(_ user: Int64, to caller: Int64?) throws {
    guard !isPrivate || user == caller else { throw PluginError.noSuchThing }
  }
}
