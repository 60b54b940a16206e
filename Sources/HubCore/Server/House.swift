internal import HTTP
internal import Loop
internal import PluginKit
internal import WebSocket

/// What all workers share and none of them changes: what is served, by whom, within which limits.
final class House: Sendable {
  /// A door's listener on one worker.
  struct Entrance: Sendable {
    let door: Door
    let listener: Listener
  }

  let log: Log
  let admission = Admission()
  let everything: RouteTrie<Endpoint>
  let inside: RouteTrie<Endpoint>
  let units: [PluginUnit]
  let dialects: [DialectRegistration]
  let runner: RouteRunner
  let accounts: any Accounts
  let strictTransportSeconds = 31_536_000
  private let entrances: [[Entrance]]
  private let currentLimits: Locked<ServerLimits>
  private let currentOrigins: Locked<OriginRules>
  let accessLog: AccessLog
  let heartbeat: HeartbeatRules

  init(
    entrances: [[Entrance]], everything: RouteTrie<Endpoint>, inside: RouteTrie<Endpoint>,
    units: [PluginUnit], runner: RouteRunner, accounts: any Accounts, limits: ServerLimits,
    heartbeat: HeartbeatRules, origins: OriginRules, log: Log, accessLog: AccessLog
  ) {
    self.entrances = entrances
    self.everything = everything
    self.inside = inside
    self.units = units
    dialects = units.flatMap(\.dialects)
    self.runner = runner
    self.accounts = accounts
    currentLimits = Locked(limits)
    currentOrigins = Locked(origins)
    self.log = log
    self.accessLog = accessLog
    self.heartbeat = heartbeat
  }

  func listeners(of worker: Int) -> [Entrance] { entrances[worker] }

  var limits: ServerLimits { currentLimits.withLock { $0 } }
  var origins: OriginRules { currentOrigins.withLock { $0 } }

  /// Takes new values for everything that a reload may change.
  func reload(limits: ServerLimits, origins: OriginRules) {
    currentLimits.withLock { $0 = limits }
    currentOrigins.withLock { $0 = origins }
  }

  func table(of door: Door) -> RouteTrie<Endpoint> {
    door.purpose == .inside ? inside : everything
  }

  func dialect(named name: String?) -> Int? {
    guard let name else { return nil }
    return dialects.firstIndex { $0.name == name }
  }
}
