import Limits
import Loop
import PluginKit
import Rig
import Testing

@testable import HubCore

/// Whom a call is said to come from, with a proxy in between that is trusted or not.
@Suite(.timeLimit(.minutes(3))) struct ProxyTests {
  private func address(_ forwarded: [String], isTrusted: Bool = true) async throws -> String {
    let trusted = try #require(Network("127.0.0.1"))
    var text = ""
    try await TestServer.run(
      workers: 1, adjusting: { if isTrusted { $0.proxies = [trusted] } },
      { server in
        let headers = forwarded.map { ("X-Forwarded-For", $0) }
        text = try await server.wire().call("GET", "/lab/address", headers: headers).text
      })
    return text
  }

  @Test(arguments: [
    (["203.0.113.9"], "203.0.113.9"), (["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
    // Some proxies leave the line that the client wrote as it is and put one of their own behind it.
    (["198.51.100.1", "203.0.113.9"], "203.0.113.9"), (["2001:db8::1"], "2001:db8::1"),
    // Azure's gateways and IIS write the port, too.
    (["203.0.113.9:4711"], "203.0.113.9"), (["[2001:db8::1]:443"], "2001:db8::1"),
    (["[2001:db8::1]"], "2001:db8::1"), (["198.51.100.1 ,\t203.0.113.9:1 "], "203.0.113.9"),
    // U+0600 makes one character with the comma that the proxy writes behind it.
    (["198.51.100.1\u{600}, 203.0.113.9"], "203.0.113.9"),
  ])
  func `what a trusted proxy wrote last is believed`(
    forwarded: [String], expected: String
  ) async throws {
    #expect(try await address(forwarded) == expected)
  }

  @Test(arguments: [
    [], ["nonsense"], [""], ["203.0.113.9,"], ["203.0.113.9, unknown"], ["203.0.113.9:"],
    ["203.0.113.9:65536"], ["[203.0.113.9]"], ["[2001:db8::1"], ["2001:db8::1]"], ["[]:1"],
    ["fe80::1%eth0"], ["203.0.113.9 8"],
  ])
  func `a client is unknown where a trusted proxy forwards no address`(
    forwarded: [String]
  ) async throws {
    #expect(try await address(forwarded) == "unknown")
  }

  private func behindProxy(
    _ limits: ServerLimits = ServerLimits(), _ body: (TestServer) async throws -> Void
  ) async throws {
    let trusted = try #require(Network("127.0.0.1"))
    try await TestServer.run(
      workers: 1, limits: limits, adjusting: { $0.proxies = [trusted] }, body)
  }

  @Test func `an unknown client is in no open network`() async throws {
    try await behindProxy { server async throws in
      let wire = try await server.wire()
      #expect(try await wire.call("GET", "/lab/inside").status == 401)
      let headers = [("X-Forwarded-For", "127.0.0.1")]
      #expect(try await wire.call("GET", "/lab/inside", headers: headers).status == 200)
    }
  }

  @Test func `connections count for the client and not for the proxy`() async throws {
    try await behindProxy(.with(\.connectionsPerAddress, 2)) { server async throws in
      var wires: [Wire] = []
      func open(_ client: String) async throws -> Int {
        let wire = try await server.wire()
        wires.append(wire)
        let headers = Wire.upgrade + [("X-Forwarded-For", client)]
        return try await wire.call("GET", "/echo", headers: headers).status
      }
      for client in 1...4 { #expect(try await open("203.0.113.\(client)") == 101) }
      #expect(try await open("203.0.113.1") == 101)
      #expect(try await open("203.0.113.1") == 429)
      // Of one network of 64 bits.
      #expect(try await open("2001:db8::1") == 101)
      #expect(try await open("2001:db8::2") == 101)
      #expect(try await open("2001:db8::3") == 429)
      #expect(try await open("2001:db8:0:1::1") == 101)
    }
  }

  @Test func `the connection of a proxy counts for a client only until the answer`() async throws {
    try await behindProxy(.with(\.connectionsPerAddress, 1)) { server async throws in
      let pool = [try await server.wire(), try await server.wire(), try await server.wire()]
      for wire in pool + pool {
        let headers = [("X-Forwarded-For", "203.0.113.1")]
        #expect(try await wire.call("GET", "/lab/hello", headers: headers).status == 200)
      }
      #expect(server.server.shared.transport.limiter.count(of: ClientKey([203, 0, 113, 1])) == 0)
    }
  }

  @Test func `nobody else is believed`() async throws {
    #expect(try await address(["203.0.113.9"], isTrusted: false) == "127.0.0.1")
  }

  private func origin(_ headers: [(String, String)], isTrusted: Bool = true) async throws
    -> String
  {
    let trusted = try #require(Network("127.0.0.1"))
    var text = ""
    try await TestServer.run(
      workers: 1, adjusting: { if isTrusted { $0.proxies = [trusted] } },
      { server in
        text = try await server.wire().call("GET", "/lab/origin", headers: headers).text
      })
    return text
  }

  @Test(arguments: [
    ([("X-Forwarded-Host", "study.example.edu")], "https://study.example.edu"),
    ([("X-Forwarded-Proto", "http"), ("X-Forwarded-Host", "a:81")], "http://a:81"),
    ([("X-Forwarded-Host", "evil.example, a")], "https://a"),
    ([("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Host", "a:443")], "https://a"),
  ])
  func `the origin that a trusted proxy forwards is the one of links`(
    headers: [(String, String)], expected: String
  ) async throws {
    #expect(try await origin(headers) == expected)
  }

  @Test(arguments: [
    [("X-Forwarded-Host", "a/b")], [("X-Forwarded-Host", "a\"b")], [("X-Forwarded-Proto", "wss")],
    [("X-Forwarded-Host", "")],
  ])
  func `a forwarded text that is no origin is not repeated`(
    headers: [(String, String)]
  ) async throws {
    let own = try await origin([])
    #expect(own.hasPrefix("https://"))
    #expect(try await origin(headers) == own)
  }

  @Test func `the origin of a client without a proxy is what it called`() async throws {
    let own = try await origin([("X-Forwarded-Host", "a")], isTrusted: false)
    #expect(own.hasPrefix("https://") && own != "https://a")
  }

  @Test func `clients behind a proxy are counted each for itself`() async throws {
    let trusted = try #require(Network("127.0.0.1"))
    var limits = ServerLimits.with(\.requestsPerSecond, 1)
    limits.requestBurst = 2
    try await TestServer.run(
      workers: 1, time: ManualTime(), limits: limits, adjusting: { $0.proxies = [trusted] },
      { server in
        let wire = try await server.wire()
        // The clock of a machine that has just begun would not have filled a bucket.
        await server.pass(5)
        for (client, statuses) in [("203.0.113.1", [200, 200, 429]), ("203.0.113.2", [200])] {
          for status in statuses {
            let headers = [("X-Forwarded-For", client)]
            #expect(try await wire.call("GET", "/lab/hello", headers: headers).status == status)
          }
        }
      })
  }
}
