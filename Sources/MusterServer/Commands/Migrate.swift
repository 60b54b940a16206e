internal import AccountStore
internal import CommandLineKit
internal import Configuration
internal import HubCore
internal import HubStore
internal import Outbound
internal import PluginHost
internal import PluginKit
internal import Storage

extension Program {
  func migrate(_ call: Invocation) async throws -> ExitCode {
    let configuration = try configuration(call)
    let store = try await openStore(configuration)
    let accounts = StoredAccounts(store: store, clock: clock)
    do {
      try await HubServer.migrate(store)
      for (owner, migrations) in try owners(accounts, store, configuration) {
        let applied = try await store.migrate(owner, migrations)
        let now = migrations.last?.version ?? 0
        console.print(
          applied.isEmpty ? "\(owner): at version \(now)" : "\(owner): brought to version \(now)")
      }
      accounts.stop()
      await store.close()
      return .success
    } catch {
      accounts.stop()
      await store.close()
      throw error
    }
  }

  /// The owners of tables, in the order in which their tables are made.
  func owners(
    _ accounts: StoredAccounts, _ store: any Store, _ configuration: ServerConfiguration
  ) throws -> [(String, [Migration])] {
    let live = LiveConfiguration(configuration)
    let offline = Offline(store: store, accounts: accounts, clock: clock)
    let plugins = try plugins.map { plugin in
      try LoadedPlugin(plugin, services: offline.services(for: plugin, live))
    }
    return [
      (StoredAccounts.owner, StoredAccounts.migrations),
      (ParcelQueue.owner, ParcelQueue.migrations),
      (AuditTable.owner, AuditTable.migrations),
    ] + plugins.map { ($0.name, $0.migrations) }
  }
}
