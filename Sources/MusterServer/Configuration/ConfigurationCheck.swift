internal import CommandLineKit
internal import Configuration
internal import HTTP
internal import HubCore
internal import HubTopics
internal import Limits
internal import Loop
internal import PluginHost
internal import PluginKit
internal import TLS

/// Finds what a server would refuse in a configuration whose values all have the right types.
///
/// The same check runs before a start, at a reload, and for `check-config` and `doctor`.
struct ConfigurationCheck {
  let configuration: ServerConfiguration
  let program: Program

  init(_ configuration: ServerConfiguration, _ program: Program) {
    self.configuration = configuration
    self.program = program
  }

  /// Everything at once, in the order of the keys.
  func problems() -> [Problem] {
    var problems = addresses() + sites()
    problems += collect("database") { _ = try DatabaseAddress(configuration) }
    problems += collect("heartbeat.unstable") { _ = try HeartbeatRules(configuration) }
    problems += collect("webhooks.url") { _ = try WebhookRules(configuration) }
    problems += collect("tls.authorities") { try configuration.checkAuthorities() }
    problems += collect("tls.certificates") { try checkCertificates() }
    return problems + plugins()
  }

  private func addresses() -> [Problem] {
    let listeners = configuration[Keys.listen]
    var problems = listeners.isEmpty ? refusal("listen", "names no address") : []
    var seen: Set<String> = []
    let inside = configuration[Keys.internalListen]
    for address in listeners.map(\.address) + (inside.isEmpty ? [] : [inside]) {
      let key = address == inside ? "internal.listen" : "listen"
      problems += collect(key) { _ = try Loop.Endpoint(address) }
      guard !address.hasSuffix(":0"), !seen.insert(address).inserted else { continue }
      problems += refusal(key, "has \(address) twice")
    }
    return problems
  }

  private func sites() -> [Problem] {
    let origins = configuration[Keys.origins].filter { HTTP.Origin($0) == nil }
    let open = configuration[Keys.registrationNetworks].filter { AddressRange($0) == nil }
    let proxies = configuration[Keys.proxies].filter { Network($0) == nil }
    return origins.flatMap {
      refusal("origins", "wants origins such as https://www.example.edu, not \"\($0)\"")
    }
      + open.flatMap {
        refusal(
          "accounts.open_networks",
          "wants addresses and networks such as 10.0.0.0/8, not \"\($0)\"")
      }
      + proxies.flatMap {
        refusal("proxies", "wants addresses and networks such as 10.0.0.0/8, not \"\($0)\"")
      }
  }

  private func checkCertificates() throws {
    let pairs = configuration[Keys.certificates].map { CertificatePair($0) }
    guard !pairs.isEmpty else { return }
    _ = try TLSContext.server(pairs, options: TLSOptions(configuration))
  }

  /// The plugins' own checks. A plugin without a complaint is made, because that may throw, too.
  private func plugins() -> [Problem] {
    let live = LiveConfiguration(configuration)
    let offline = Offline(clock: program.clock)
    defer { offline.stop() }
    var problems: [Problem] = []
    var dialects: Set<String> = []
    for plugin in program.plugins {
      let found = plugin.check(live.settings(of: plugin))
      problems += found.flatMap { refusal("\(plugin.name).\($0.key)", $0.message) }
      guard found.isEmpty else { continue }
      do {
        let unit = try LoadedPlugin(plugin, services: offline.services(for: plugin, live))
        dialects.formUnion(unit.dialects.map(\.name))
      } catch {
        let message = "the plugin \(plugin.name) cannot be made: \(sentence(of: error))"
        problems.append(Problem(origin: .builtIn, message: message))
      }
    }
    return problems + (problems.isEmpty ? unknownDialects(dialects) : [])
  }

  private func unknownDialects(_ known: Set<String>) -> [Problem] {
    let names = known.sorted().joined(separator: ", ")
    return configuration[Keys.listen].map(\.dialect)
      .filter { !$0.isEmpty && !known.contains($0) }
      .flatMap { refusal("listen", "knows the dialects \(names), not \"\($0)\"") }
  }

  private func refusal(_ key: String, _ message: String) -> [Problem] {
    configuration.refusal(of: key, message).problems
  }

  /// The error that `body` throws, as a problem with `key`.
  private func collect(_ key: String, _ body: () throws -> Void) -> [Problem] {
    do {
      try body()
      return []
    } catch let error as ConfigurationError {
      return error.problems
    } catch {
      return configuration.refusal(of: key, "cannot be used: \(sentence(of: error))").problems
    }
  }
}

extension ServerConfiguration {
  /// The refusal of one key's value; `message` follows the key in a sentence.
  func refusal(of key: String, _ message: String) -> ConfigurationError {
    ConfigurationError([Problem(origin: origin(of: key), message: "\(key) \(message)")])
  }
}

extension Program {
  /// The configuration of a command line, if a server could start with it.
  func checkedConfiguration(_ call: Invocation) throws -> ServerConfiguration {
    let configuration = try configuration(call)
    let problems = ConfigurationCheck(configuration, self).problems()
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    return configuration
  }
}

extension TLSOptions {
  init(_ configuration: ServerConfiguration) {
    self.init()
    oldestVersion = configuration[Keys.minimumTLS] == .v13 ? .tls13 : .tls12
  }
}
