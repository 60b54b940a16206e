internal import HubTopics
internal import Limits
internal import Loop
internal import PluginHost
internal import PluginKit
internal import Primitives
internal import WebSocket

/// The part that all workers share, by component, and the values that a reload changes.
final class ServerContext: Sendable {
  let log: Log
  let audit: Audit
  let units: [LoadedPlugin]
  let runner: RouteRunner
  let transport: SharedTransport
  let http: SharedHTTP
  let sessions: SharedSessions
  let topics: SharedTopics
  let webhooks: SharedWebhooks
  let window: ReconnectWindow
  let drain = DrainFlag()
  let heartbeat: HeartbeatRules
  let extraMetrics: @Sendable () -> [(String, Int)]
  private let currentLimits: Locked<ServerLimits>

  init(
    units: [LoadedPlugin], runner: RouteRunner, limits: ServerLimits, heartbeat: HeartbeatRules,
    log: Log, audit: Audit, transport: SharedTransport, http: SharedHTTP,
    sessions: SharedSessions, topics: SharedTopics, webhooks: SharedWebhooks,
    window: ReconnectWindow, extraMetrics: @escaping @Sendable () -> [(String, Int)]
  ) {
    self.units = units
    self.runner = runner
    currentLimits = Locked(limits)
    self.heartbeat = heartbeat
    self.log = log
    self.audit = audit
    self.transport = transport
    self.http = http
    self.sessions = sessions
    self.topics = topics
    self.webhooks = webhooks
    self.window = window
    self.extraMetrics = extraMetrics
  }

  var limits: ServerLimits { currentLimits.withLock { $0 } }

  /// Takes new values for everything that a reload may change.
  func reload(limits: ServerLimits, origins: OriginRules, proxies: [Network]) {
    transport.proxies = proxies
    http.origins = origins
    currentLimits.withLock { $0 = limits }
  }

  /// Over how many milliseconds clients that come back now spread their return.
  func reconnectWindow(_ limits: ServerLimits) -> Int {
    window.milliseconds(for: transport.limiter.total, limits)
  }
}
