import Loop
import Testing

@Suite struct `An address` {
  @Test(arguments: [
    "0.0.0.0", "127.0.0.1", "255.255.255.255", "192.168.1.20", "::", "::1", "fe80::1",
    "2001:db8::8a2e:370:7334",
  ])
  func `reads what it writes`(text: String) {
    #expect(IPAddress(text)?.description == text)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "localhost", "fe80::1%eth0", ":::", "1.2.3.4 ",
  ])
  func `refuses what is none`(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func `is the same in its IPv4 form and mapped into IPv6`() {
    #expect(IPAddress("::ffff:10.0.0.1") == IPAddress("10.0.0.1"))
    #expect(IPAddress("10.0.0.1")?.v4 == 0x0a00_0001)
    #expect(IPAddress("::1")?.v4 == nil)
  }

  @Test(arguments: [
    ("127.0.0.1", true, false), ("127.9.9.9", true, false), ("::1", true, false),
    ("10.255.0.1", false, true), ("172.16.0.1", false, true), ("172.31.255.255", false, true),
    ("172.32.0.1", false, false), ("192.168.0.1", false, true), ("192.169.0.1", false, false),
    ("169.254.1.1", false, true), ("fd00::1", false, true), ("fe80::1", false, true),
    ("2001:db8::1", false, false), ("8.8.8.8", false, false), ("::", false, false),
  ])
  func `knows this machine and private networks`(text: String, loopback: Bool, isPrivate: Bool) {
    #expect(IPAddress(text)?.isLoopback == loopback)
    #expect(IPAddress(text)?.isPrivate == isPrivate)
  }
}

@Suite struct `A network` {
  @Test(arguments: [
    ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false),
    ("192.168.1.7/24", "192.168.1.99", true), ("192.168.1.7", "192.168.1.7", true),
    ("192.168.1.7", "192.168.1.8", false), ("0.0.0.0/0", "8.8.8.8", true),
    ("0.0.0.0/0", "::1", false), ("::/0", "8.8.8.8", true), ("::/0", "ff00::1", true),
    ("fc00::/7", "fdff::1", true), ("fc00::/7", "fe00::1", false),
    ("2001:db8::/64", "2001:db8::ffff:0:1", true), ("2001:db8::/64", "2001:db8:0:1::", false),
    ("2001:db8::8/125", "2001:db8::f", true), ("2001:db8::8/125", "2001:db8::10", false),
    ("::1/128", "::1", true),
  ])
  func `has the addresses with its prefix`(network: String, address: String, inside: Bool) throws {
    let network = try #require(Network(network))
    let address = try #require(IPAddress(address))
    #expect(network.contains(address) == inside)
    #expect(PeerAddress(address, port: 1).isIn([network]) == inside)
  }

  @Test(arguments: [
    "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "::/129", "a/8",
    "10.0.0.0/8/8",
  ])
  func `refuses what is none`(text: String) {
    #expect(Network(text) == nil)
  }

  @Test func `writes itself with its first address`() {
    #expect(Network("10.1.2.3/8")?.description == "10.0.0.0/8")
    #expect(Network("10.1.2.3")?.description == "10.1.2.3/32")
    #expect(Network("fd00::1/16")?.description == "fd00::/16")
  }
}

@Suite struct `An endpoint` {
  @Test(arguments: [
    ("127.0.0.1:8443", "127.0.0.1", 8443, "127.0.0.1:8443"),
    ("[::1]:0", "::1", 0, "[::1]:0"), ("localhost:80", "localhost", 80, "localhost:80"),
    (":443", "*", 443, "*:443"), ("*:443", "*", 443, "*:443"),
  ])
  func `reads host and port`(text: String, host: String, port: UInt16, written: String) throws {
    let endpoint = try Endpoint(text)
    #expect(endpoint == Endpoint(host: host, port: port))
    #expect(endpoint.description == written)
  }

  @Test(arguments: [
    "", "8443", "host:", "host:65536", "host:-1", "host:+1", "::1:80", "[::1]", "[1.2.3.4]:80",
    "[]:80",
  ])
  func `refuses what is none`(text: String) {
    let error = #expect(throws: LoopError.self) { try Endpoint(text) }
    #expect(error?.code == .malformedAddress)
  }

  @Test func `resolves what needs no resolver`() throws {
    #expect(try Endpoint("[::1]:5").resolve() == [PeerAddress(.loopbackV6, port: 5)])
    #expect(
      try Endpoint("localhost:5").resolve()
        == [PeerAddress(.loopbackV4, port: 5), PeerAddress(.loopbackV6, port: 5)])
  }

  @Test func `says which host is unknown`() throws {
    let error = #expect(throws: LoopError.self) { try Endpoint("nobody.invalid:1").resolve() }
    #expect(error?.description == "cannot resolve nobody.invalid: no such host")
  }
}
