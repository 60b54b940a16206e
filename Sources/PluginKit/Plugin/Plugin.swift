/// A system that lives on the hub: it answers REST calls, owns topics and tables, and publishes.
///
/// A plugin gets services and gives registrations; it sees no socket, loop or connection. An
/// error that a handler throws becomes an answer in the plugin's own error shape, in one place.
public protocol Plugin: Sendable {
  /// Prefix of its tables, topics and settings: lower-case letters, no dots.
  static var name: String { get }

  /// The settings under `<name>.` in the configuration; any other key there is an error.
  static var settings: [Setting] { get }

  /// The problems of these settings; empty if the plugin can start with them.
  ///
  /// Called before the plugin is made, at every reload, and by `check-config` and `doctor`. There
  /// is no server and no store then.
  static func check(_ settings: Settings) -> [SettingProblem]

  /// Settings with which the plugin can start and an operator should not leave it.
  static func warnings(_ settings: Settings) -> [SettingProblem]

  init(services: PluginServices) throws

  /// Called once, before `start`; what is registered here is frozen afterwards.
  func register(with registrar: inout Registrar)

  /// Fills caches. The tables exist, the hub can be published to, nobody is connected yet.
  func start() async throws

  /// The last call; nobody is connected any more, the store is still open.
  func stop() async
}

extension Plugin {
  public static var settings: [Setting] { [] }
  public static func check(_ settings: Settings) -> [SettingProblem] { [] }
  public static func warnings(_ settings: Settings) -> [SettingProblem] { [] }
  public func start() async throws {}
  public func stop() async {}
}
