internal import Loop
internal import PluginKit
internal import Primitives

/// The part that the transports of all workers share: listeners, limits of connections and of input, and
/// the proxies that may speak for clients.
final class SharedTransport: Sendable {
  /// A listening socket of one worker, and what is behind its address.
  struct Entrance: Sendable {
    let door: Door
    let listener: Listener
  }

  let limiter = ConnectionLimiter()
  let input = InputBudget()
  let log: Log
  private let entrances: [[Entrance]]
  private let currentProxies: Locked<[Network]>

  init(entrances: [[Entrance]], proxies: [Network], log: Log) {
    self.entrances = entrances
    self.log = log
    currentProxies = Locked(proxies)
  }

  var workerCount: Int { entrances.count }

  func listeners(of worker: Int) -> [Entrance] { entrances[worker] }

  /// Closes all listening sockets; connections that exist stay.
  func closeListeners() {
    for entrance in entrances.joined() { entrance.listener.refuseAll() }
  }

  /// Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed.
  var proxies: [Network] {
    get { currentProxies.withLock { $0 } }
    set { currentProxies.withLock { $0 = newValue } }
  }
}
