internal import Configuration
internal import Glibc
internal import HubCore
internal import PluginKit
internal import TLS

/// Takes up certificates whose files have changed. A bad pair is refused and the old one kept.
actor CertificateWatch {
  private let server: HubServer
  private let log: Log
  private var pairs: [CertificatePair]
  private var seen: [[Int]]
  private var task: Task<Void, Never>?

  init(_ pairs: [CertificatePair], server: HubServer, log: Log) {
    self.pairs = pairs
    self.server = server
    self.log = log
    seen = pairs.map { CertificateWatch.stamp($0) }
  }

  func start() {
    task = Task { [weak self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(5))
        await self?.look()
      }
    }
  }

  func stop() { task?.cancel() }

  private func look() {
    let now = pairs.map { CertificateWatch.stamp($0) }
    guard now != seen else { return }
    seen = now
    reload(pairs)
  }

  /// Greets new connections with `pairs` from now on, if they are good.
  func reload(_ pairs: [CertificatePair]) {
    do {
      try server.reloadCertificates(pairs)
      self.pairs = pairs
      seen = pairs.map { CertificateWatch.stamp($0) }
      log.info("certificates were reloaded")
      for warning in server.certificateWarnings { log.warning(warning) }
    } catch {
      log.error("new certificates were refused, the old ones stay", ["reason": "\(error)"])
    }
  }

  /// Changes when a file is written or replaced.
  private static func stamp(_ pair: CertificatePair) -> [Int] {
    [pair.certificatePath, pair.keyPath].flatMap { path in
      var facts = stat()
      guard stat(path, &facts) == 0 else { return [0, 0, 0] }
      return [Int(facts.st_mtim.tv_sec), Int(facts.st_mtim.tv_nsec), Int(facts.st_ino)]
    }
  }
}
