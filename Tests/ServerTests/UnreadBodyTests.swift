import HubCore
import Loop
import Rig
import Testing

/// Bodies that come although nobody wants them: each request has one answer, and what follows it is
/// never taken for something else.
@Suite(.timeLimit(.minutes(3))) struct UnreadBodyTests {
  @Test(arguments: [
    ("Content-Length: 2000000", "x"), ("Transfer-Encoding: chunked", "nonsense"),
    ("Content-Length: 9\r\nExpect: 100-continue", ""),
  ])
  func `where the end of a body is not sure the answer ends the line`(
    framing: String, body: String
  ) async throws {
    try await TestServer.run(workers: 1) { server in
      for (method, path, status) in [
        ("POST", "/nothing", 404), ("DELETE", "/lab/hello", 405), ("OPTIONS", "/lab/hello", 204),
      ] {
        let wire = try await server.wire()
        try await wire.send("\(method) \(path) HTTP/1.1\r\nHost: h\r\n\(framing)\r\n\r\n")
        let reply = try await wire.reply()
        #expect(reply.status == status)
        #expect(reply["Connection"] == "close")
        try? await wire.send(body + "\r\n" + Wire.request("GET", "/lab/hello"))
        #expect(try await wire.rest().isEmpty)
      }
    }
  }

  @Test func `a body that was announced and is short is passed over`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.wire()
      let body = Wire.request("GET", "/lab/large")
      #expect(try await wire.call("POST", "/nothing", body: body).status == 404)
      #expect(try await wire.call("DELETE", "/lab/hello", body: body).status == 405)
      #expect(try await wire.call("GET", "/lab/hello").text == "hello")
    }
  }

  @Test func `a body that nobody wants has half a minute, and no second answer`() async throws {
    let time = ManualTime()
    try await TestServer.run(workers: 1, time: time) { server in
      let wire = try await server.wire()
      try await wire.send("POST /nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n\r\n")
      #expect(try await wire.reply().status == 404)
      for _ in 0..<5 {
        try await wire.send("x")
        await server.pass(5)
      }
      #expect(await !wire.hasEnded)
      try await wire.send("x")
      await server.pass(12)
      #expect(try await wire.rest().isEmpty)
    }
  }

  @Test func `what comes with an upgrade as a body is no frame`() async throws {
    let speaks: (inout HubServer.Plan) -> Void = { $0.listeners[0].dialect = "lab-line" }
    try await TestServer.run(workers: 1, adjusting: speaks) { server in
      let wire = try await server.wire()
      let reply = try await wire.call(
        "GET", "/somewhere?name=li", headers: Wire.upgrade, body: "hello")
      #expect(reply.status == 101)
      #expect(try await wire.frame().text == "HI li")
      try await wire.say("JOIN lab.room.a")
      #expect(try await wire.frame().text == "IN lab.room.a")
    }
  }
}
