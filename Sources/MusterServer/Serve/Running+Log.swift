internal import CommandLineKit
internal import Configuration
internal import Glibc
internal import HubCore
internal import PluginHost
internal import PluginKit
internal import Storage

// The start of a server in its log and its audit trail.
extension Running {
  /// People read the streams, not a collector.
  var isRead: Bool { configuration[Keys.logFormat] == .text }

  func logStart() {
    log.info(
      "started",
      [
        "version": Version.number, "pid": Int(getpid()),
        "addresses": server.addresses.joined().map { "\($0)" }.joined(separator: " "),
        "data": configuration[Keys.data], "database": store.engine.rawValue,
        "plugins": units.map(\.name).joined(separator: " "),
        "workers": server.workerCount, "demo": configuration[Keys.demo],
      ])
    trail.audit.record(AuditEvent("server.started", "version \(Version.number)"))
  }

  /// Accounts that were made before the first start keep the server from making `admin`.
  func warnWithoutAdmin() async {
    do {
      let row = try await store.first(
        "SELECT count(*) AS admins FROM accounts WHERE roles & 8 <> 0 AND is_active = 1")
      guard try row?.int("admins") == 0 else { return }
      log.warning(
        "no active account has the role admin",
        ["remedy": "muster account add NAME --role admin --role staff"])
    } catch {
      log.warning("admins cannot be counted", ["reason": "\(error)"])
    }
  }

  /// A password has no place in a collector's store: it goes to a file.
  func tellFirstPassword(_ console: Console) {
    guard let adminPassword else { return }
    FirstPassword(password: adminPassword, folder: configuration[Keys.data])
      .tell(console, isTerminal: false)
  }
}
