import JSON
import Loop
import PluginKit
import Testing

/// HTTP as clients of a real server see it, on its encrypted door.
@Suite(.timeLimit(.minutes(1))) struct HTTPOverTLSTests {
  @Test(arguments: TestServer.workers)
  func `a line serves one request after another`(workers: Int) async throws {
    try await TestServer.run(workers: workers) { server in
      let wire = try await server.wire()
      for _ in 0..<3 {
        let reply = try await wire.call("GET", "/lab/hello")
        #expect(reply.status == 200)
        #expect(reply.text == "hello")
        #expect(reply["Strict-Transport-Security"] != nil)
        #expect(reply["Date"] != nil)
      }
    }
  }
}
