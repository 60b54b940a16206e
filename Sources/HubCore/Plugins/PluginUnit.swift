public import PluginKit
public import Storage

/// A plugin with everything it registered, frozen.
public struct PluginUnit: Sendable {
  public let name: String
  public let plugin: any Plugin
  public let services: PluginServices
  public let routes: [Route]
  public let topics: [TopicRegistration]
  public let messages: [MessageRegistration]
  public let dialects: [DialectRegistration]
  public let jobs: [Job]
  public let migrations: [Migration]
  public let authenticators: [Authenticator]
  public let demos: [Demo]

  /// Makes the plugin and collects its registrations.
  public init<P: Plugin>(_ type: P.Type, services: PluginServices) throws {
    let plugin = try type.init(services: services)
    var registrar = Registrar()
    plugin.register(with: &registrar)
    name = type.name
    self.plugin = plugin
    self.services = services
    routes = registrar.routes
    topics = registrar.topics
    messages = registrar.messages
    dialects = registrar.dialects
    jobs = registrar.jobs
    migrations = registrar.migrations
    authenticators = registrar.authenticators
    demos = registrar.demos
  }
}
