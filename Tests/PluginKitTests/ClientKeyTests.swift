import PluginKit
import Testing

/// What limits per address count as one client.
@Suite struct ClientKeyTests {
  @Test func `an IPv4 address counts whole and an IPv6 address by its first 64 bits`() {
    #expect(Peer("192.0.2.1").client != Peer("192.0.2.2").client)
    #expect(Peer("2001:db8::1").client == Peer("2001:db8::ffff:1:2:3").client)
    #expect(Peer("2001:db8::1").client != Peer("2001:db8:0:1::1").client)
  }

  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("2001:db8:0:a::1", "2001:db8:0:a::/64"), ("::1", "0:0:0:0::/64"),
    ("nonsense", "unknown"),
  ])
  func `keys are written as networks`(address: String, text: String) {
    #expect("\(Peer(address).client)" == text)
  }

  @Test func `an unknown client is in no network and not on this machine`() {
    let everywhere = ["0.0.0.0/0", "::/0", "127.0.0.0/8"].compactMap { AddressRange($0) }
    for peer in [Peer.unknown, Peer("nonsense"), Peer("10.0.0.0/8"), Peer("")] {
      #expect(peer.isUnknown)
      #expect(!peer.isIn(everywhere))
      #expect(!peer.isLoopback)
      #expect(peer.client == .unknown)
    }
    #expect(Peer("127.0.0.1").isLoopback && Peer("::1").isLoopback)
  }
}
