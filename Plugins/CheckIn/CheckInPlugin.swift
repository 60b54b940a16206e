public import PluginKit
internal import Primitives
internal import Storage

/// Attendance of a laboratory: checking in and out by student number, who is there now, the
/// longest weeks, reports, and a small chat.
///
/// It serves the documented calls at the root and below `/checkin`, and the documented chat at
/// `/chart`; what happens is announced in the topics `checkin.…`.
public final class CheckInPlugin: Plugin {
  public static let name = "checkin"

  let roll: Roll
  let attendance: Attendance
  let announcer: Announcer
  let ranks: Ranks
  let followed = Followed()
  let admission: Admission
  let hours: OpeningHours
  let export: Export
  let curve: DayCurve
  let sessions = LegacySessions()
  /// Check-ins and check-outs of a number by one client.
  let moves = Locked(WindowCounter<String>())
  let chat: Chat
  let services: PluginServices
  let times: JobTimes

  public init(services: PluginServices) throws {
    self.services = services
    times = try JobTimes(services.settings)
    let roll = Roll(store: services.store, clock: services.clock, zone: services.zone)
    let announcer = Announcer(hub: services.hub, followed: followed, services: services)
    let ranks = Ranks(
      roll: roll, announcer: announcer, followed: followed, log: services.log)
    let post = Post(mail: services.mail, settings: services.settings, log: services.log)
    self.roll = roll
    self.announcer = announcer
    self.ranks = ranks
    let chat = Chat(roll: roll, services: services)
    self.chat = chat
    attendance = Attendance(
      roll: roll, announcer: announcer, ranks: ranks, chat: chat, post: post,
      clock: services.clock)
    admission = Admission(settings: services.settings)
    hours = OpeningHours(settings: services.settings, zone: services.zone)
    export = Export(roll: roll, spreadsheets: services.spreadsheets, post: post)
    curve = DayCurve(roll: roll, clock: services.clock)
  }

  public func register(with registrar: inout Registrar) {
    registrar.migrate(1, Tables.first)
    registrar.errorShape(Refusal.response, schema: Documents.refusal)
    // The original let the pages of every site in, and told them of these headers.
    registrar.crossOrigin(
      CrossOrigin(setting: "allowed_origins", headers: ["X-Requested-With", "userid"]))
    registrar.mount(at: "", "/checkin")
    registerAttendance(with: &registrar)
    registerLists(with: &registrar)
    registerPeople(with: &registrar)
    registrar.mount(at: "/checkin")
    registerExtras(with: &registrar)
    registerTopics(with: &registrar)
    registerChat(with: &registrar)
    Self.registerPages(with: &registrar)
    registerJobs(with: &registrar)
    registrar.demo(DemoData.seed)
  }
}
