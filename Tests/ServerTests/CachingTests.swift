import Rig
import Testing

@testable import HubCore

/// Which answers caches may keep.
@Suite struct CachingTests {
  @Test func `an answer is kept by nobody unless it says otherwise`() async throws {
    let asset = StaticAsset(
      bytes: Array("x".utf8), contentType: "text/plain", entityTag: "\"1\"",
      cacheControl: "max-age=60", headers: [])
    try await TestServer.run(workers: 1, assets: [("/page", asset)]) { server in
      let wire = try await server.wire()
      for path in ["/lab/hello", "/lab/breaks", "/nowhere", "/health"] {
        #expect(try await wire.call("GET", path)["Cache-Control"] == "no-store", "\(path)")
      }
      #expect(try await wire.call("GET", "/lab/kept")["Cache-Control"] == "max-age=5")
      #expect(try await wire.call("GET", "/page")["Cache-Control"] == "max-age=60")
    }
  }
}
