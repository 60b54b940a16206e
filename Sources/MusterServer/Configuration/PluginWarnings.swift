internal import Configuration
internal import PluginKit

/// Finds settings of plugins that are fit for development only. The example data may have them.
struct PluginWarnings {
  static let remedy = "change it before strangers reach this server"

  let configuration: ServerConfiguration
  let program: Program

  init(_ configuration: ServerConfiguration, _ program: Program) {
    self.configuration = configuration
    self.program = program
  }

  /// A sentence for each of them.
  func warnings() -> [String] {
    guard !configuration[Keys.demo] else { return [] }
    let live = LiveConfiguration(configuration)
    return program.plugins.flatMap { plugin in
      plugin.warnings(live.settings(of: plugin)).map { "\(plugin.name).\($0.key) \($0.message)" }
    }
  }
}
