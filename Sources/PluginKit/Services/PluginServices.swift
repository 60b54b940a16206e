public import Storage

/// Everything a plugin may use. There are no globals: a test hands in its own.
public struct PluginServices: Sendable {
  public let hub: any Hub
  public let store: any Store
  public let accounts: any Accounts
  public let mail: any MailService
  public let web: any WebService
  public let spreadsheets: any SpreadsheetService
  public let clock: any WallClock
  /// Where the wall clock hangs that dates and times of the day are read from.
  public let zone: LocalZone
  public let settings: Settings
  public let log: Log
  public let audit: Audit

  public init(
    hub: any Hub, store: any Store, accounts: any Accounts, mail: any MailService,
    web: any WebService, spreadsheets: any SpreadsheetService, clock: any WallClock,
    zone: LocalZone = .shanghai, settings: Settings, log: Log, audit: Audit = .silent
  ) {
    self.hub = hub
    self.store = store
    self.accounts = accounts
    self.mail = mail
    self.web = web
    self.spreadsheets = spreadsheets
    self.clock = clock
    self.zone = zone
    self.settings = settings
    self.log = log
    self.audit = audit
  }
}

/// Sends letters: queued in the database, so that one that was accepted is not lost.
public protocol MailService: Sendable {
  func send(_ mail: Mail) async throws
}

public struct Mail: Sendable, Equatable {
  public var to: String
  public var subject: String
  public var text: String
  public var attachments: [Attachment]

  public struct Attachment: Sendable, Equatable {
    public var name: String
    public var contentType: String
    public var bytes: [UInt8]

    public init(name: String, contentType: String, bytes: [UInt8]) {
      self.name = name
      self.contentType = contentType
      self.bytes = bytes
    }
  }

  public init(to: String, subject: String, text: String, attachments: [Attachment] = []) {
    self.to = to
    self.subject = subject
    self.text = text
    self.attachments = attachments
  }
}

/// Calls other servers over HTTPS.
public protocol WebService: Sendable {
  func call(_ call: WebCall) async throws -> WebAnswer
}

public struct WebCall: Sendable, Equatable {
  public var method: String
  public var url: String
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]
  public var timeoutSeconds: Int

  public init(
    _ method: String, _ url: String, headers: [(name: String, value: String)] = [],
    body: [UInt8] = [], timeoutSeconds: Int = 10
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeoutSeconds = timeoutSeconds
  }

  public static func == (a: WebCall, b: WebCall) -> Bool {
    a.method == b.method && a.url == b.url && a.body == b.body
      && a.timeoutSeconds == b.timeoutSeconds
      && a.headers.elementsEqual(b.headers, by: ==)
  }
}

public struct WebAnswer: Sendable {
  public var status: Int
  public var body: [UInt8]

  public init(status: Int, body: [UInt8]) {
    self.status = status
    self.body = body
  }
}

/// Writes tables as files that office programs open.
public protocol SpreadsheetService: Sendable {
  /// The bytes of an `.xlsx` file with one sheet; the first row is the heading.
  func workbook(_ sheet: Sheet) async throws -> [UInt8]
}

public struct Sheet: Sendable, Equatable {
  public enum Cell: Sendable, Equatable {
    case text(String)
    case number(Double)
    case empty
  }
  public var name: String
  public var rows: [[Cell]]

  public init(name: String, rows: [[Cell]]) {
    self.name = name
    self.rows = rows
  }
}
