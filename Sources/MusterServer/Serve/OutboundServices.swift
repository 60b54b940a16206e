internal import CommandLineKit
internal import Configuration
internal import Outbound
internal import PluginKit
internal import Spreadsheet
internal import Storage

/// The services that leave the process: mail, calls to other servers, spreadsheets.
struct OutboundServices {
  let courier: Courier
  private let workbooks: WorkbookWriter

  var mail: any MailService { courier }
  var web: any WebService { courier }
  var spreadsheets: any SpreadsheetService { workbooks }

  init(live: LiveConfiguration, store: any Store, clock: any WallClock, log: Log) throws {
    let data = live.current[Keys.data]
    try Folder.make("\(data)/tmp")
    courier = Courier(store: store, clock: clock, log: log) {
      let configuration = live.current
      return Courier.Settings(
        server: MailServer(configuration), from: configuration[Keys.mailFrom],
        folder: "\(data)/outbox", authorities: configuration.authorities)
    }
    workbooks = WorkbookWriter(temporaryFolder: "\(data)/tmp")
  }

  /// For `/metrics`.
  var numbers: [(String, Int)] {
    let metrics = courier.recentMetrics
    return [
      ("outbound_waiting", metrics.waiting), ("outbound_oldest_seconds", metrics.oldestSeconds),
      ("outbound_sent", metrics.sent), ("outbound_failed", metrics.failed),
      ("outbound_given_up", metrics.givenUp), ("outbound_calls", metrics.calls),
      ("outbound_calls_failed", metrics.failedCalls),
    ]
  }

  func migrate() async throws { try await courier.migrate() }

  func start() { courier.start() }

  func stop() async {
    await courier.stop()
    workbooks.stop()
  }
}

extension ServerConfiguration {
  /// Nil if the machine's are the only ones.
  fileprivate var authorities: String? {
    let path = self[Keys.authorities]
    return path.isEmpty ? nil : path
  }

  /// Unreadable authorities are reported at the start, not at the first call.
  func checkAuthorities() throws {
    guard let authorities else { return }
    do throws(TransferError) {
      try Authorities.check(authorities)
    } catch {
      throw refusal(of: "tls.authorities", "cannot be used: \(error.detail)")
    }
  }
}

extension MailServer {
  /// nil if none is configured.
  init?(_ configuration: ServerConfiguration) {
    let url = configuration[Keys.smtp]
    guard !url.isEmpty else { return nil }
    self.init(
      url: url, user: configuration[Keys.smtpUser],
      password: configuration[Keys.smtpPassword].text,
      allowsPlain: configuration[Keys.smtpInsecure])
  }
}
