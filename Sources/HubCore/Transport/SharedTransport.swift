internal import Loop
internal import PluginKit
internal import Primitives

/// The part that the transports of all workers share: listeners, limits of connections and of input, and
/// the proxies that may speak for clients.
final class SharedTransport: Sendable {
  /// A listening socket of one worker, and what is behind its address.
  struct Acceptor: Sendable {
    let role: ListenerRole
    let listener: Listener
  }

  let limiter = ConnectionLimiter()
  let input = InputBudget()
  let log: Log
  private let acceptors: [[Acceptor]]
  private let currentProxies: Locked<[Network]>

  init(acceptors: [[Acceptor]], proxies: [Network], log: Log) {
    self.acceptors = acceptors
    self.log = log
    currentProxies = Locked(proxies)
  }

  var workerCount: Int { acceptors.count }

  func listeners(of worker: Int) -> [Acceptor] { acceptors[worker] }

  /// Closes all listening sockets; connections that exist stay.
  func closeListeners() {
    for acceptor in acceptors.joined() { acceptor.listener.refuseAll() }
  }

  /// Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed.
  var proxies: [Network] {
    get { currentProxies.withLock { $0 } }
    set { currentProxies.withLock { $0 = newValue } }
  }
}
