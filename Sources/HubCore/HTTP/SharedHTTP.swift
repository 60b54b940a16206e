internal import HTTP
internal import PluginHost
internal import PluginKit
internal import Primitives
internal import Synchronization
internal import WebSocket

/// The part that the HTTP servers of all workers share: routes, rules for pages of other sites, files.
final class SharedHTTP: Sendable {
  let everything: RouteTrie<Endpoint>
  /// The plugins' rules for pages of other sites, by the index of the route in `everything`.
  let corsRules: [CORSRule?]
  /// The prefixes of plugins, the longest first.
  let mounts: [MountPoint]
  let inside: RouteTrie<Endpoint>
  let runner: RouteRunner
  /// For how long browsers shall use HTTPS alone; nil to leave that to them.
  let strictTransportSeconds: Int?
  let accessLog: AccessLog
  let log: Log
  let disk = DiskThread()
  /// Where uploads lie until their handler returns.
  let uploadFolder: String
  /// The places of dialects by name.
  private let dialects: [String: Int]
  private let currentOrigins: Locked<OriginRules>
  private let currentCORS: Locked<CORSPolicy>
  private let hasWarnedOfProxy = Atomic<Bool>(false)

  init(
    everything: RouteTrie<Endpoint>, inside: RouteTrie<Endpoint>, units: [LoadedPlugin],
    runner: RouteRunner, origins: OriginRules, strictTransportSeconds: Int?, uploadFolder: String,
    log: Log, accessLog: AccessLog
  ) {
    self.everything = everything
    corsRules = CORSRule.all(of: everything.routes)
    mounts = units.flatMap(\.mounts).sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
    self.inside = inside
    self.runner = runner
    self.strictTransportSeconds = strictTransportSeconds
    self.uploadFolder = uploadFolder
    self.log = log
    self.accessLog = accessLog
    dialects = Dictionary(
      units.flatMap(\.dialects).enumerated().map { ($0.element.name, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    currentOrigins = Locked(origins)
    currentCORS = Locked(CORSPolicy(origins))
  }

  /// Which pages of other sites may call everything and open sockets.
  var origins: OriginRules {
    get { currentOrigins.withLock { $0 } }
    set {
      currentOrigins.withLock { $0 = newValue }
      currentCORS.withLock { $0 = CORSPolicy(newValue) }
    }
  }

  var cors: CORSPolicy { currentCORS.withLock { $0 } }

  func table(of role: ListenerRole) -> RouteTrie<Endpoint> {
    role.purpose == .inside ? inside : everything
  }

  func dialect(named name: String?) -> Int? { name.flatMap { dialects[$0] } }

  /// True once: requests without a client's address come by the thousand.
  func beginsProxyWarning() -> Bool {
    !hasWarnedOfProxy.exchange(true, ordering: .relaxed)
  }
}
