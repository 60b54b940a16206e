import PluginKit
import SQLiteStore
import Storage
import Testing

@testable import Outbound

@Suite(.timeLimit(.minutes(3))) struct WebCallTests {
  private struct SystemClock: WallClock { let now: Int64 = 1_795_231_000_000 }

  private func withCourier(_ body: (Courier) async throws -> Void) async throws {
    let store = try await SQLiteStore.open(.memory)
    let courier = Courier(store: store, clock: SystemClock(), log: .silent, callers: 2) {
      Courier.Settings(server: nil, from: "m@example.edu", folder: "/nowhere")
    }
    try await courier.migrate()
    try await body(courier)
    await courier.stop()
    await store.close()
  }

  @Test func `a call brings its headers and body, and back comes the answer`() async throws {
    let server = FakeWebServer(
      "HTTP/1.1 404 No\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc")
    try await withCourier { courier throws in
      let answer = try await courier.call(
        WebCall(
          "POST", server.url + "/x?y=1", headers: [("X-One", "1"), ("X-Empty", "")],
          body: Array("body".utf8)))
      #expect(answer.status == 404)
      #expect(answer.body == Array("abc".utf8))
      let request = try #require(server.requests.first)
      #expect(request.line == "POST /x?y=1 HTTP/1.1")
      #expect(request.headers.contains("X-One: 1") && request.headers.contains("X-Empty:"))
      #expect(request.body == Array("body".utf8))
      let metrics = try await courier.metrics()
      #expect(metrics.calls == 1)
    }
  }

  @Test(arguments: ["GET", "DELETE", "PUT", "HEAD"])
  func `every method is itself`(method: String) async throws {
    let server = FakeWebServer("HTTP/1.1 204 Fine\r\nConnection: close\r\n\r\n")
    try await withCourier { courier throws in
      let answer = try await courier.call(WebCall(method, server.url + "/"))
      #expect(answer.status == 204)
      #expect(server.requests.first?.line == "\(method) / HTTP/1.1")
    }
  }

  @Test func `nobody there, nonsense and endless answers are errors, not crashes`() async throws {
    try await withCourier { courier throws in
      await #expect(throws: PluginError.self) {
        try await courier.call(WebCall("GET", "http://127.0.0.1:1/"))
      }
      let nonsense = FakeWebServer("what?\r\n")
      await #expect(throws: PluginError.self) {
        try await courier.call(WebCall("GET", nonsense.url, timeoutSeconds: 2))
      }
      for url in ["", "ftp://127.0.0.1/", "file:///etc/passwd", "http://\u{0}x"] {
        await #expect(throws: PluginError.self) { try await courier.call(WebCall("GET", url)) }
      }
      for header in [("X\r\nY", "z"), ("X", "y\r\nZ: w"), ("", "x")] {
        await #expect(throws: PluginError.self) {
          try await courier.call(WebCall("GET", nonsense.url, headers: [header]))
        }
      }
      let metrics = try await courier.metrics()
      #expect(metrics.failedCalls == 9)
    }
  }

  @Test func `once stopped it refuses instead of letting somebody wait for ever`() async throws {
    try await withCourier { courier throws in
      await courier.stop()
      await #expect(throws: PluginError.self) {
        try await courier.call(WebCall("GET", "http://127.0.0.1:1/"))
      }
    }
  }

  @Test func `a stop ends a call that is under way`() async throws {
    let slow = FakeServer { line in while line.read() != nil {} }
    try await withCourier { courier throws in
      let url = "http://127.0.0.1:\(slow.port)/"
      let call = Task { try await courier.call(WebCall("GET", url, timeoutSeconds: 60)) }
      while try await courier.metrics().calls == 0 { await Task.yield() }
      await courier.stop()
      await #expect(throws: PluginError.self) { try await call.value }
    }
  }

  @Test func `an answer that is too large is cut off`() async throws {
    let server = FakeWebServer("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + "x")
    let lane = TransferLane(name: "test", brake: Curl.Brake())
    await #expect(throws: TransferError.self) {
      try await lane.call(WebCall("GET", server.url, timeoutSeconds: 1), answerLimit: 10)
    }
    server.answers("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n12345678901")
    await #expect {
      try await lane.call(WebCall("GET", server.url), answerLimit: 10)
    } throws: {
      ($0 as? TransferError)?.code == .tooLarge
    }
    lane.stop()
  }

  @Test func `an answer that does not come is a timeout`() async throws {
    let server = FakeWebServer("")
    let slow = FakeServer { line in while line.read() != nil {} }
    _ = server
    try await withCourier { courier throws in
      await #expect {
        try await courier.call(
          WebCall("GET", "http://127.0.0.1:\(slow.port)/", timeoutSeconds: 1))
      } throws: {
        ($0 as? PluginError)?.code == .timeout
      }
    }
  }

  @Test func `a posted call is tried until the answer is good`() async throws {
    let server = FakeWebServer("HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    try await withCourier { courier throws in
      try await courier.post(WebCall("POST", server.url + "/hook", body: Array("{}".utf8)))
      try await courier.deliverDue()
      #expect(try await courier.metrics() == Courier.Metrics(waiting: 1, failed: 1))
      server.answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
      try await courier.queue.store.execute("UPDATE outbound_parcels SET due_at = 0")
      try await courier.deliverDue()
      #expect(try await courier.metrics() == Courier.Metrics(sent: 1, failed: 1))
      #expect(server.requests.map(\.body) == [Array("{}".utf8), Array("{}".utf8)])
    }
  }
}
