internal import Configuration
internal import Loop
internal import PluginKit

/// Finds listeners without TLS whose clients may all look like the proxy in front of them.
///
/// Such a server runs, but the whole Internet may count as this machine or as the private network.
struct PlainListenerCheck {
  private static let remedy = "name the proxy in proxies, or serve TLS there"

  let configuration: ServerConfiguration
  let program: Program

  init(_ configuration: ServerConfiguration, _ program: Program) {
    self.configuration = configuration
    self.program = program
  }

  func findings() -> [Finding] {
    guard configuration.proxies.isEmpty else { return [] }
    let hasOpenNetworks = hasOpenNetworks
    return configuration[Keys.listen].filter { !$0.tls }.map(\.address)
      .filter { hasOpenNetworks || !isLoopback($0) }
      .map {
        .warning(
          "proxies",
          """
          listen \($0) takes plain HTTP and proxies is empty: behind a proxy every client counts \
          as the proxy, in the open networks and in the limits per address
          """, PlainListenerCheck.remedy)
      }
  }

  private func isLoopback(_ address: String) -> Bool {
    guard let host = try? Endpoint(address).host else { return false }
    return host == "localhost" || IPAddress(host)?.isLoopback == true
  }

  private var hasOpenNetworks: Bool {
    let isRegistrationOpen =
      configuration[Keys.registration] == .openNetworks
      && !configuration[Keys.registrationNetworks].isEmpty
    let live = LiveConfiguration(configuration)
    return isRegistrationOpen
      || program.plugins.contains { plugin in
        plugin.settings.contains { $0.key == "open_networks" }
          && !live.settings(of: plugin).list("open_networks").isEmpty
      }
  }
}
