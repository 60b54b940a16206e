internal import AccountStore
internal import PluginKit
internal import Storage

/// What plugins get from a command that works without a server: the store and the accounts are
/// real, and nobody is connected.
struct Offline: Hub, MailService, WebService, SpreadsheetService {
  func publish(_ event: Event, to topic: Topic) async throws -> Position {
    throw HubError(.stopping)
  }
  func send(_ event: Event, to user: String, in topic: Topic) async {}
  func members(of topic: Topic) async -> [Member] { [] }
  func population(of topic: Topic) async -> Int { 0 }
  func remove(_ user: String, from topic: Topic) async -> Bool { false }
  func disconnect(_ user: String, _ reason: DisconnectReason) async -> Int { 0 }
  func send(_ mail: Mail) async throws { throw HubError(.stopping) }
  func call(_ call: WebCall) async throws -> WebAnswer { throw HubError(.stopping) }
  func workbook(_ sheet: Sheet) async throws -> [UInt8] { throw HubError(.stopping) }

  func services(
    for plugin: any Plugin.Type, _ accounts: StoredAccounts, _ store: any Store,
    _ configuration: LiveConfiguration, _ clock: any WallClock
  ) -> PluginServices {
    PluginServices(
      hub: self, store: store, accounts: accounts, mail: self, web: self, spreadsheets: self,
      clock: clock, zone: configuration.current.zone, settings: configuration.settings(of: plugin),
      log: .silent)
  }
}
