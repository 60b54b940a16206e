internal import JSON
public import PluginKit
internal import Storage

/// Sign tasks of a course helper: a teacher publishes a task for a course, the students who chose
/// the course sign it while it is open.
///
/// It serves the documented calls at the root and below `/gocourse`; what happens is announced in
/// the topics `sign.…`.
public final class SignTasksPlugin: Plugin {
  public static let name = "sign"
  static let plainAlgorithm = "plain_algorithm"
  static let tokenDays = "token_days"
  static let mostTokenDays = 3650

  let services: PluginServices
  let users: UserStore
  let courses: CourseStore
  let tasks: TaskStore
  let logs: LogStore
  let announcer: Announcer

  public init(services: PluginServices) {
    self.services = services
    users = UserStore(services)
    courses = CourseStore(store: services.store, users: users)
    tasks = TaskStore(store: services.store)
    logs = LogStore(store: services.store, users: users)
    announcer = Announcer(hub: services.hub, clock: services.clock)
  }

  public static var settings: [Setting] {
    [
      Setting(
        plainAlgorithm, .flag(true),
        "Whether clients may sign with the algorithm `table`, which protects nothing; the first"
          + " clients know no other."),
      Setting(tokenDays, .number(7), "Days for which a login of the document's kind is good."),
    ]
  }

  public static func check(_ settings: Settings) -> [SettingProblem] {
    settings.rangeProblems(tokenDays, 1...mostTokenDays)
  }

  public func register(with registrar: inout Registrar) {
    registrar.migrate(1, Tables.first)
    registrar.migrate(2, Tables.accountNames)
    registerBackOffice(with: &registrar)
    registrar.errorShape(Envelope.refusal, schema: Documents.envelope(.null))
    registrar.authenticator(LoginToken.parameter)
    registrar.mount(at: "", "/gocourse")
    registerTeacherCalls(with: &registrar)
    registerStudentCalls(with: &registrar)
    registerCourseCalls(with: &registrar)
    registerUserCalls(with: &registrar)
    registerTopics(with: &registrar)
    registrar.job("expire", .every(seconds: 1)) { _ in
      try await self.tasks.takeExpired(at: self.now) { await self.announcer.expired($0) }
    }
    registrar.job("counts", .every(seconds: 1)) { _ in await self.announcer.flushCounts() }
    SignTasksPlugin.registerPages(with: &registrar)
    registrar.demo(Demo.seed)
  }

  /// Unix seconds.
  var now: Int64 { services.clock.now / 1000 }

  /// A documented call: what it throws as a verdict is answered in the envelope.
  func call(
    _ registrar: inout Registrar, _ methods: [Method], _ path: String, _ operation: Operation,
    _ body: @escaping @Sendable (Request) async throws -> JSONValue
  ) {
    registrar.route(methods, path, operation) { request in
      do {
        return Envelope.good(try await body(request))
      } catch let verdict as Verdict {
        return Envelope.bad(verdict)
      }
    }
  }

  /// Answers `code` where the database refuses. A database that is away, or that may have stored it,
  /// is no such failure: the client comes again, or looks.
  func refusing<Result>(_ code: Int, _ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch let error as StoreError where !error.isTemporary && error.code != .ambiguous {
      throw Verdict(code)
    }
  }

  func user(_ request: Request) async throws -> CourseUser {
    guard let user = try await users.user(of: try request.caller()) else {
      throw PluginError(.unauthorized, "log in first")
    }
    return user
  }
}

extension Request {
  /// An id from 1; everything else is the operation's own refusal.
  func id(_ name: String, or code: Int) throws(Verdict) -> Int64 {
    guard let text = parameters[name] ?? input(name), let id = Int64(text), id >= 1 else {
      throw Verdict(code)
    }
    return id
  }

  func trimmed(_ name: String) -> String {
    let scalars = Array((input(name) ?? "").unicodeScalars)
    let start = scalars.firstIndex { !$0.properties.isWhitespace } ?? scalars.endIndex
    let end = scalars.lastIndex { !$0.properties.isWhitespace }.map { $0 + 1 } ?? start
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[start..<end])
    return String(text)
  }

  /// `append` is filled for the exact value 1 only.
  var showsNotes: Bool { input("show_append") == "1" }
}
