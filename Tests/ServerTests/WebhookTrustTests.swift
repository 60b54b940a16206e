import JSON
import Loop
import MusterTesting
import Outbound
import PluginHost
import PluginKit
import Primitives
import Rig
import Storage
import TLS
import Testing

@testable import HubCore

/// Webhooks to a receiver whose certificate no machine trusts by itself.
@Suite(.enabled(if: PrivateAuthority.isPossible), .timeLimit(.minutes(3)))
struct WebhookTrustTests {
  private let authority: PrivateAuthority
  private let trusted = Locked<String?>(nil)
  private let said = Locked<[String]>([])

  init() throws { authority = try PrivateAuthority() }

  private func run(
    certificateFor name: String, _ body: (TestServer, LabPlugin) async throws -> Void
  ) async throws {
    let receiver = try await TestServer.start(
      workers: 1, tls: try TLSContext.server([try authority.pair(for: name)]))
    let plugin = try #require(
      receiver.server.shared.units.compactMap { $0.plugin as? LabPlugin }.first)
    let log = Log { [said] level, text, fields in
      said.withLock { $0.append("\(level) \(text) \(fields)") }
    }
    let courier = Courier(store: receiver.store, clock: ManualClock(), log: log) { [trusted] in
      Courier.Settings(server: nil, from: "", folder: "", authorities: trusted.withLock { $0 })
    }
    let rules = WebhookRules(
      url: "https://me:pw@127.0.0.1:\(receiver.address.port)/lab/hook", secret: "s")
    let sender = try await TestServer.start(
      workers: 1, time: ManualTime(), log: log, webhooks: .init(rules, by: courier))
    let guest = try await sender.client("s_guest")
    try await guest.subscribe("lab.room.t")
    try await body(sender, plugin)
    await sender.stop()
    await courier.stop()
    await receiver.stop()
  }

  /// Waits for so many tries that came to nothing; what is said about the calls.
  private func failures(_ count: Int, _ sender: TestServer) async throws -> [String] {
    try await sender.until {
      await sender.pass(0.5)
      return sender.server.shared.webhooks.counters.failed.current >= count
    }
    return said.withLock { $0.filter { $0.contains("a call to another server failed") } }
  }

  @Test func `it is refused and tried again, and taken once its authority is named`() async throws {
    try await run(certificateFor: "IP:127.0.0.1") { sender, receiver in
      let lines = try await failures(2, sender)
      let line = try #require(lines.first)
      #expect(line.hasPrefix("warning ") && line.contains("encryption: "))
      #expect(line.contains("certificate problem"))
      #expect(line.contains("https://127.0.0.1") && !line.contains("pw@"))
      #expect(said.withLock { $0.contains { $0.contains("a webhook was not taken") } })
      #expect(receiver.hooks.withLock { $0.isEmpty })
      trusted.withLock { $0 = authority.certificate }
      try await sender.until {
        await sender.pass(1)
        return receiver.hooks.withLock { $0.count } == 1
      }
      let event = try receiver.hooks.withLock { $0 }.first?.json()
      #expect(event?["event"] == "topic.occupied" && event?["topic"] == "lab.room.t")
    }
  }

  @Test func `one for another name is refused though its authority is trusted`() async throws {
    trusted.withLock { $0 = authority.certificate }
    try await run(certificateFor: "DNS:elsewhere.example") { sender, receiver in
      let lines = try await failures(2, sender)
      #expect(lines.allSatisfy { $0.contains("encryption: ") && $0.contains("127.0.0.1") })
      #expect(receiver.hooks.withLock { $0.isEmpty })
    }
  }

  @Test func `authorities that cannot be read are no reason to trust anybody`() async throws {
    trusted.withLock { $0 = authority.certificate + ".missing" }
    try await run(certificateFor: "IP:127.0.0.1") { sender, receiver in
      let lines = try await failures(1, sender)
      #expect(lines.first?.contains("cannot be read") == true)
      #expect(receiver.hooks.withLock { $0.isEmpty })
    }
  }
}
