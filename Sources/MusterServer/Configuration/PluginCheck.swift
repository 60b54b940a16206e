internal import Configuration
internal import PluginKit

/// Finds settings of plugins that are fit for development only. The example data may have them.
struct PluginCheck {
  private static let remedy = "change it before strangers reach this server"

  let configuration: ServerConfiguration
  let program: Program

  init(_ configuration: ServerConfiguration, _ program: Program) {
    self.configuration = configuration
    self.program = program
  }

  func findings() -> [Finding] {
    guard !configuration[Keys.demo] else { return [] }
    let live = LiveConfiguration(configuration)
    return program.plugins.flatMap { plugin in
      plugin.warnings(live.settings(of: plugin)).map {
        .warning("plugins", "\(plugin.name).\($0.key) \($0.message)", PluginCheck.remedy)
      }
    }
  }
}

extension Program {
  /// Settings with which a server runs, and an operator should not leave it.
  func warnings(of configuration: ServerConfiguration) -> [Finding] {
    PlainListenerCheck(configuration, self).findings() + PluginCheck(configuration, self).findings()
  }
}
