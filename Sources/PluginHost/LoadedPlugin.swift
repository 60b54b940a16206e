public import PluginKit
internal import Primitives
public import Storage

/// A plugin with everything it registered, frozen.
public struct LoadedPlugin: Sendable {
  public let name: String
  public let plugin: any Plugin
  public let services: PluginServices
  public let routes: [Route]
  public let mounts: [MountPoint]
  public let topics: [TopicRegistration]
  public let messages: [MessageRegistration]
  public let dialects: [DialectRegistration]
  public let jobs: [Job]
  public let migrations: [Migration]
  public let authenticators: [Authenticator]
  public let demos: [Demo]
  public let pages: [Page]
  public let assets: [PageAsset]
  public let gauges: [Gauge]
  /// Counts how it goes with the plugin.
  public let health = PluginHealth()

  /// Makes the plugin and collects its registrations.
  public init<P: Plugin>(_ type: P.Type, services: PluginServices) throws {
    self.init(try type.init(services: services), services: services)
  }

  package init<P: Plugin>(_ plugin: P, services: PluginServices) {
    var registrar = Registrar()
    plugin.register(with: &registrar)
    name = P.name
    self.plugin = plugin
    self.services = services
    routes = registrar.routes
    mounts = registrar.mounts
    topics = registrar.topics
    messages = registrar.messages
    dialects = registrar.dialects
    jobs = registrar.jobs
    migrations = registrar.migrations
    authenticators = registrar.authenticators
    demos = registrar.demos
    pages = registrar.pages
    assets = registrar.assets
    gauges = registrar.gauges
  }
}

extension LoadedPlugin {
  /// The plugin's last call. False if it takes longer than that, and is left behind.
  public func stop(within time: Duration) async -> Bool {
    let outcome = Locked<(hasEnded: Bool, waiter: CheckedContinuation<Bool, Never>?)>((false, nil))
    @Sendable func end(_ isGood: Bool) {
      let waiter = outcome.withLock { outcome in
        guard !outcome.hasEnded else { return nil as CheckedContinuation<Bool, Never>? }
        outcome.hasEnded = true
        return outcome.waiter.take()
      }
      waiter?.resume(returning: isGood)
    }
    return await withCheckedContinuation { continuation in
      outcome.withLock { $0.waiter = continuation }
      let stopping = Task {
        await plugin.stop()
        end(true)
      }
      Task {
        try? await Task.sleep(for: time)
        stopping.cancel()
        end(false)
      }
    }
  }
}
