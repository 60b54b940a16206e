internal import Campus
internal import Chat
internal import CheckIn
internal import Configuration
internal import Loop
public import PluginKit
internal import Primitives
internal import SignTasks
internal import StudyRecords

extension Program {
  /// The systems that live on every Muster.
  public static let standardPlugins: [any Plugin.Type] = [
    CampusPlugin.self, ChatPlugin.self, CheckInPlugin.self, SignTasksPlugin.self,
    StudyRecordsPlugin.self,
  ]

  /// The keys of the server and of all plugins.
  var keyTable: KeyTable {
    var table = KeyTable(Keys.all)
    for plugin in plugins {
      for setting in plugin.settings { table.add(AnyKey(setting, of: plugin.name)) }
    }
    return table
  }
}

extension AnyKey {
  init(_ setting: Setting, of plugin: String) {
    func key<Value>(_ builtIn: Value) -> Key<Value> {
      Key(
        "\(plugin).\(setting.key)", builtIn, setting.help, isReloadable: setting.isReloadable)
    }
    switch setting.kind {
    case .flag(let value): self.init(key(value))
    case .number(let value): self.init(key(value))
    case .text(let value): self.init(key(value))
    case .list(let value): self.init(key(value))
    case .secret(let value): self.init(key(Secret(configured: value) ?? .none))
    }
  }
}

/// The configuration in force; a reload replaces it whole.
final class LiveConfiguration: Sendable {
  private let held: Locked<ServerConfiguration>

  init(_ configuration: ServerConfiguration) { held = Locked(configuration) }

  var current: ServerConfiguration { held.withLock { $0 } }

  func replace(with new: ServerConfiguration) { held.withLock { $0 = new } }

  /// A plugin's own part, read at the moment of use.
  func settings(of plugin: any Plugin.Type) -> Settings {
    let kinds = Dictionary(
      plugin.settings.map { ($0.key, $0.kind) }, uniquingKeysWith: { first, _ in first })
    let name = plugin.name
    return Settings { [self] key in
      kinds[key].map { current.setting("\(name).\(key)", like: $0) }
    }
  }
}

extension ServerConfiguration {
  var zone: LocalZone {
    switch self[Keys.timeZone] {
    case .offset(let seconds): LocalZone(offsetSeconds: seconds)
    case .named(let rules): LocalZone(rules)
    }
  }

  fileprivate func setting(_ path: String, like kind: Setting.Kind) -> Setting.Kind {
    switch kind {
    case .flag: .flag(value(at: path, as: Bool.self))
    case .number: .number(value(at: path, as: Int.self))
    case .text: .text(value(at: path, as: String.self))
    case .list: .list(value(at: path, as: [String].self))
    case .secret: .secret(value(at: path, as: Secret.self).text)
    }
  }
}
