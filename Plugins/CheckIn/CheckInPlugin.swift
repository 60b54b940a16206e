public import PluginKit
internal import Primitives
internal import Storage

/// Attendance of a laboratory: checking in and out by student number, the people present, the
/// longest weeks, reports, and a small chat.
///
/// The plugin serves the documented calls at the root and below `/checkin`, and the documented
/// chat at `/chart`. Changes are announced in the topics `checkin.…`.
public final class CheckInPlugin: Plugin {
  public static let name = "checkin"

  let services: PluginServices
  let store: AttendanceStore
  let attendance: Attendance
  let announcer: Announcer
  let leaderboard: Leaderboard
  let followed = FollowedGrades()
  let access: AccessRules
  let hours: OpeningHours
  let export: WeeklyExport
  let curve: DayCurve
  let sessions: LegacySessions
  /// Check-ins and check-outs of a number by one client.
  let moves = Locked(WindowCounter<String>())
  let chat: LabChat
  let times: JobTimes

  public init(services: PluginServices) throws {
    self.services = services
    times = try JobTimes(services.settings)
    sessions = LegacySessions(services.store)
    store = AttendanceStore(services.store, clock: services.clock, zone: services.zone)
    announcer = Announcer(hub: services.hub, followed: followed, services: services)
    leaderboard = Leaderboard(
      store: store, announcer: announcer, followed: followed, log: services.log)
    let notifications = Notifications(
      mail: services.mail, settings: services.settings, log: services.log)
    chat = LabChat(store: store, services: services)
    attendance = Attendance(
      store: store, announcer: announcer, leaderboard: leaderboard, chat: chat,
      notifications: notifications, clock: services.clock)
    access = AccessRules(settings: services.settings)
    hours = OpeningHours(settings: services.settings, zone: services.zone)
    export = WeeklyExport(
      store: store, spreadsheets: services.spreadsheets, notifications: notifications)
    curve = DayCurve(store: store, clock: services.clock)
  }

  public func register(with registrar: inout Registrar) {
    registrar.migrate(1, Tables.first)
    registrar.migrate(2, Tables.sessions)
    registrar.errorShape(Refusal.response, schema: Documents.refusal)
    // The original answered the pages of every site, and named these headers to them.
    registrar.crossOrigin(
      CrossOrigin(setting: "allowed_origins", headers: ["X-Requested-With", "userid"]))
    registerDocumentedCalls(with: &registrar)
    registerFurtherCalls(with: &registrar)
    registerTopics(with: &registrar)
    registerChat(with: &registrar)
    Self.registerPages(with: &registrar)
    registerJobs(with: &registrar)
    registrar.demo(Demo.seed)
  }

  private func registerDocumentedCalls(with registrar: inout Registrar) {
    registrar.mount(at: "", "/checkin")
    registrar.route([.get, .post], "/login", Documents.login, checkIn)
    registrar.route([.get, .post], "/logout", Documents.logout, checkOut)
    registrar.post("/report", Documents.report, report)
    registrar.route([.get, .post], "/topthree", Documents.topThree, topThree)
    registrar.route([.get, .post], "/showonline", Documents.showOnline, showOnline)
    registrar.route([.get, .post], "/mytimerecored", Documents.records, records)
    registrar.route([.get, .post], "/selectone", Documents.selectOne, selectOne)
    registrar.route([.get, .post], "/showbygrade", Documents.showByGrade, showByGrade)
    registrar.post("/adduser", Documents.addUser, addUser)
    registrar.post("/addavatar", Documents.addAvatar, addAvatar)
    registrar.route([.get, .post], "/excel", Documents.excel, makeTable)
  }

  /// Calls beyond the documents.
  private func registerFurtherCalls(with registrar: inout Registrar) {
    registrar.mount(at: "/checkin")
    registrar.get("/day", Documents.day, day)
    registrar.delete("/users/:studentid", Documents.removeUser, removeUser)
    registrar.get("/export/:file", Documents.export, exportedFile)
  }

  private func registerTopics(with registrar: inout Registrar) {
    registrar.topic(
      Announcer.presence.description, "Everyone in the lab, and each arrival and departure.",
      presenceRules(), events: Documents.presenceEvents)
    registrar.topic(
      "checkin.grade.{prefix}", "The same for one grade, and its first three.", gradeRules(),
      events: Documents.gradeEvents)
    registrar.topic(
      "checkin.user.{studentid}", "The events of one student.", personalRules(),
      events: Documents.personalEvents)
  }

  private func registerChat(with registrar: inout Registrar) {
    registrar.topic(
      LabChat.topic.description, "The chat of the people in the lab.", chatRules(),
      events: Documents.chatEvents)
    registrar.on(
      "checkin.private", "A message to one student.", data: Documents.privateMessage,
      answer: Documents.privateMessageAnswer
    ) { message in try await self.chat.sendPrivate(message) }
    registrar.dialect(
      ["/chart"], "chart", ChartDialect(chat: chat, sessions: sessions, access: access))
  }

  private func registerJobs(with registrar: inout Registrar) {
    registrar.job("nightly", .daily(at: times.night)) { due in
      try await self.attendance.closeLab(at: due / 1000)
    }
    registrar.job("export", .weekly(on: times.day, at: times.export)) { due in
      try await self.export.makeAndSend(at: due / 1000)
    }
    registrar.job("reset", .weekly(on: times.day, at: times.reset)) { due in
      try await self.attendance.resetWeek(at: self.services.zone.time(at: due).dateTime)
    }
    registrar.job("tidy", .every(seconds: 3600)) { _ in
      await self.followed.tidy(self.services.hub)
      try await self.sessions.tidy(at: self.services.clock.now)
    }
  }
}
