internal import Configuration
internal import Loop
internal import PluginKit

/// Finds listeners without TLS whose clients may all look like the proxy in front of them, or whose
/// pages may be those of another site.
///
/// Such a server runs, but the whole Internet may count as this machine or as the private network.
struct PlainListenerCheck {
  let configuration: ServerConfiguration
  let program: Program

  init(_ configuration: ServerConfiguration, _ program: Program) {
    self.configuration = configuration
    self.program = program
  }

  func findings() -> [Finding] {
    guard configuration.proxies.isEmpty else { return [] }
    let plain = configuration[Keys.listen].filter { !$0.tls }.map(\.address)
    let hasOpenNetworks = hasOpenNetworks
    let isNamed = !configuration[Keys.hosts].isEmpty
    let hidden = plain.filter { hasOpenNetworks || !isLoopback($0) }
    let unnamed = hasOpenNetworks && !isNamed ? plain : []
    return hidden.map { withoutProxy($0) } + unnamed.map { withoutName($0) }
  }

  private func withoutProxy(_ address: String) -> Finding {
    .warning(
      "proxies",
      """
      listen \(address) takes plain HTTP and proxies is empty: behind a proxy every client counts \
      as the proxy, in the open networks and in the limits per address
      """, "name the proxy in proxies, or serve TLS there")
  }

  private func withoutName(_ address: String) -> Finding {
    .warning(
      "hosts",
      """
      listen \(address) takes plain HTTP and hosts is empty: a page of any site whose name is \
      turned to this address (DNS rebinding) acts from its reader's network
      """, "list the names of this server in hosts, or serve TLS there")
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
