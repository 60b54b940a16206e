import PluginKit
import Primitives
import Testing

@Suite struct SettingsTests {
  private let declared = [Setting("open", .list(["10.0.0.0/8", "nonsense", "::1"]), "")]

  @Test func `networks are read from a list and what is none is left out`() throws {
    let networks = Settings(declared).networks("open")
    #expect(networks.count == 2)
    #expect(Peer(address: "10.1.2.3", bytes: [10, 1, 2, 3]).isIn(networks))
    #expect(!Peer.loopback.isIn(networks))
  }

  @Test func `a changed list of networks is seen at the next call`() {
    let current = Locked(["10.0.0.0/8"])
    let settings = Settings { _ in .list(current.withLock { $0 }) }
    #expect(!Peer.loopback.isIn(settings.networks("open")))
    current.withLock { $0 = ["127.0.0.0/8"] }
    #expect(Peer.loopback.isIn(settings.networks("open")))
  }
}
