internal import Limits
internal import PluginHost
internal import PluginKit

/// The part that the sessions of all workers share: credentials, limits per user, dialects.
final class SharedSessions: Sendable {
  let dialects: [DialectRegistration]
  /// The plugin of each dialect.
  private let owners: [String]
  let messages: [String: (plugin: String, registration: MessageRegistration)]
  let accounts: any Accounts
  let checkKey: KeyCheck
  let runner: RouteRunner
  let audit: Audit
  let log: Log
  /// Names this process in `welcome` and in the logs.
  let node: String
  let recent = RecentSessions()
  let users = UserConnections()
  private let window: ReconnectWindow
  private let limiter: ConnectionLimiter

  init(
    units: [LoadedPlugin], accounts: any Accounts, checkKey: @escaping KeyCheck,
    runner: RouteRunner, audit: Audit, log: Log, node: String, window: ReconnectWindow,
    limiter: ConnectionLimiter
  ) {
    dialects = units.flatMap(\.dialects)
    owners = units.flatMap { unit in unit.dialects.map { _ in unit.name } }
    messages = Dictionary(
      units.flatMap { unit in unit.messages.map { ($0.type, (unit.name, $0)) } },
      uniquingKeysWith: { $1 })
    self.accounts = accounts
    self.checkKey = checkKey
    self.runner = runner
    self.audit = audit
    self.log = log
    self.node = node
    self.window = window
    self.limiter = limiter
  }

  /// The plugin that a dialect belongs to.
  func dialectOwner(_ index: Int) -> String { owners[index] }

  /// Over how many milliseconds clients that come back now spread their return.
  func reconnectWindow(_ limits: ServerLimits) -> Int {
    window.milliseconds(for: limiter.total, limits)
  }
}
