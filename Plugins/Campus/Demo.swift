internal import PluginKit
internal import Storage

/// The example data of all modules, for an empty database.
enum Demo {
  static func seed(_ services: PluginServices, _ now: Int64) async throws {
    try await services.store.write { tx in
      guard try tx.first("SELECT id FROM campus_users LIMIT 1") == nil else { return }
      try DirectoryDemo.add(to: tx)
      try ActivityDemo.add(to: tx, at: Moment(milliseconds: now))
      try ReservationDemo.add(to: tx, at: Moment(milliseconds: now))
    }
    try await DirectoryDemo.bindAccounts(services)
  }
}
