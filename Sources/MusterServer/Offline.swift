internal import AccountStore
internal import PluginKit
internal import Storage

/// The services that plugins get from a command without a server: no client is connected. Commands that
/// open the database hand in the real store and accounts, others work without.
struct Offline: Hub, MailService, WebService, SpreadsheetService {
  private let store: any Store
  private let accounts: StoredAccounts
  private let clock: any WallClock

  init(store: any Store, accounts: StoredAccounts, clock: any WallClock) {
    self.store = store
    self.accounts = accounts
    self.clock = clock
  }

  /// Without a database: `stop` ends what belongs to the accounts.
  init(clock: any WallClock) {
    let store = AbsentStore()
    self.init(store: store, accounts: StoredAccounts(store: store, clock: clock), clock: clock)
  }

  func stop() { accounts.stop() }

  func publish(_ event: Event, to topic: Topic) async throws -> Position {
    throw HubError(.stopping)
  }
  func send(_ event: Event, to user: String, in topic: Topic) async {}
  func forgetHistory(of topic: Topic) async throws { throw HubError(.stopping) }
  func members(of topic: Topic) async -> [Member] { [] }
  func population(of topic: Topic) async -> Int { 0 }
  func remove(_ user: String, from topic: Topic) async -> Bool { false }
  func disconnect(_ user: String, _ reason: DisconnectReason) async -> Int { 0 }
  func send(_ mail: Mail) async throws { throw HubError(.stopping) }
  func call(_ call: WebCall) async throws -> WebAnswer { throw HubError(.stopping) }
  func workbook(_ sheet: Sheet) async throws -> [UInt8] { throw HubError(.stopping) }

  func services(
    for plugin: any Plugin.Type, _ configuration: LiveConfiguration
  ) -> PluginServices {
    PluginServices(
      hub: self, store: store, accounts: accounts, mail: self, web: self, spreadsheets: self,
      clock: clock, zone: configuration.current.zone, settings: configuration.settings(of: plugin),
      log: .silent)
  }
}

/// The store of a command that opens no database.
private struct AbsentStore: Store {
  let engine = Engine.sqlite
  let metrics = StoreMetrics()

  private var absence: StoreError { StoreError(.unavailable, "this command opens no database") }

  func run(_ sql: String, arguments: [Value]) async throws(StoreError) -> Answer { throw absence }

  func write<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result { throw absence }

  func read<Result: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Result
  ) async throws -> Result { throw absence }

  func close() async {}
}
