import HubCore
import Loop
import Primitives
import Rig
import Testing

/// What is noted of each answer, and what is not.
@Suite(.timeLimit(.minutes(3))) struct AccessLogTests {
  @Test func `each answer is a line, without the query`() async throws {
    let lines = Locked<[AccessLog.Line]>([])
    let log = AccessLog { make in
      let line = make()
      lines.withLock { $0.append(line) }
    }
    let time = ManualTime()
    let noting: (inout HubServer.Plan) -> Void = { $0.accessLog = log }
    try await TestServer.run(workers: 1, time: time, adjusting: noting) { server in
      let wire = try await server.wire()
      _ = try await wire.call("GET", "/lab/hello?token=secret")
      _ = try await wire.call("POST", "/lab/echo", body: "body")
      _ = try await wire.call("GET", "/nothing%20here")
      let seen = lines.withLock { $0 }
      #expect(
        seen.map { "\($0.method) \($0.path) \($0.status) \($0.bytes)" } == [
          "GET /lab/hello 200 5", "POST /lab/echo 200 4", "GET /nothing here 404 34",
        ])
      #expect(seen.allSatisfy { $0.address == "127.0.0.1" && $0.at == time.unixMilliseconds })
    }
  }
}
