import Bytes
import Deflate
import HubCore
import JSON
import Loop
import PluginKit
import Rig
import Testing

/// HTTP as clients of a real server see it, on its encrypted listener.
@Suite(.timeLimit(.minutes(3))) struct HTTPOverTLSTests {
  private func once(
    _ workers: Int = 1, assets: [(path: String, asset: StaticAsset)] = [],
    _ body: (Wire) async throws -> Void
  ) async throws {
    try await TestServer.run(workers: workers, assets: assets) { server in
      try await body(try await server.wire())
    }
  }

  @Test(arguments: TestServer.workers)
  func `a line serves one request after another`(workers: Int) async throws {
    try await once(workers) { wire in
      for _ in 0..<3 {
        let reply = try await wire.call("GET", "/lab/hello")
        #expect(reply.status == 200)
        #expect(reply.text == "hello")
        #expect(reply["Strict-Transport-Security"] != nil)
        #expect(reply["Date"] != nil)
      }
    }
  }

  @Test(arguments: TestServer.workers)
  func `requests sent ahead are answered in their order`(workers: Int) async throws {
    try await once(workers) { wire in
      let paths = ["/lab/later/30", "/lab/hello", "/nothing", "/lab/later/5", "/lab/hello"]
      try await wire.send(paths.map { Wire.request("GET", $0) }.joined())
      var answers: [String] = []
      for _ in paths { answers.append(try await wire.reply().text) }
      #expect(
        answers == [
          "after 30", "hello", "There is nothing at this address.\n", "after 5", "hello",
        ])
    }
  }

  @Test func `HEAD has the headers of GET and no body`() async throws {
    try await once { wire in
      let get = try await wire.call("GET", "/lab/hello")
      let head = try await wire.call("HEAD", "/lab/hello")
      #expect(head.status == 200)
      #expect(head["Content-Length"] == get["Content-Length"])
      #expect(try await wire.call("GET", "/lab/hello").text == "hello")
    }
  }

  @Test func `unknown paths, other methods and OPTIONS get what the table knows`() async throws {
    try await once { wire in
      #expect(try await wire.call("GET", "/lab/nothing").status == 404)
      for path in ["/lab/mount", "/lab/mount/", "/lab/mount/nothing/at/all"] {
        let unknown = try await wire.call("GET", path)
        #expect(unknown.status == 404)
        #expect(try JSONValue(parsing: unknown.body)["error"] == "not_found")
      }
      let beside = try await wire.call("GET", "/lab/mountain")
      #expect(beside.text == "There is nothing at this address.\n")
      let wrong = try await wire.call("DELETE", "/lab/hello")
      #expect(wrong.status == 405)
      #expect(wrong["Allow"]?.contains("GET") == true)
      #expect(try JSONValue(parsing: wrong.body)["error"] == "method_not_allowed")
      let options = try await wire.call("OPTIONS", "/lab/echo")
      #expect(options.status == 204)
      #expect(options["Allow"]?.contains("POST") == true)
    }
  }

  @Test func `a body whose declared length is too much is refused before it comes`() async throws {
    try await once { wire in
      try await wire.send("POST /lab/little HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n")
      #expect(try await wire.reply().status == 413)
      _ = try await wire.rest()
    }
  }

  @Test func `a chunked body is stopped where it becomes too much`() async throws {
    try await once { wire in
      try await wire.send(
        "POST /lab/little HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
      try await wire.send("40\r\n\(String(repeating: "x", count: 64))\r\n")
      try await wire.send("40\r\n\(String(repeating: "x", count: 64))\r\n")
      #expect(try await wire.reply().status == 413)
    }
  }

  @Test func `long targets and large heads are refused`() async throws {
    try await TestServer.run(workers: 1) { server in
      let long = try await server.wire()
      try await long.send("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await long.reply().status == 414)
      let many = try await server.wire()
      let fields = (0..<120).map { "X-\($0): a\r\n" }.joined()
      try await many.send("GET /lab/hello HTTP/1.1\r\nHost: h\r\n\(fields)\r\n")
      #expect(try await many.reply().status == 431)
      let big = try await server.wire()
      try await big.send(
        "GET / HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n")
      #expect(try await big.reply().status == 431)
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
    "GET / HTTP/1.1\r\nHost : h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n",
    "GET / HTTP/1.1\nHost: h\n\n", "GET / HTTP/1.1\r\n\r\n", "nonsense\r\n\r\n",
  ])
  func `what could be read in two ways is refused, and the line ends`(text: String) async throws {
    try await once { wire in
      try await wire.send(text)
      #expect(try await wire.reply().status == 400)
      #expect(try await wire.rest().isEmpty)
    }
  }

  @Test(arguments: [
    ("GET /lab/hello HTTP/1.1\r\n", "X: slow\r\n", 10.0),
    ("POST /lab/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n\r\n", "x", 30.0),
  ])
  func `a head or a body that comes too slowly is answered with 408`(
    beginning: String, portion: String, seconds: Double
  ) async throws {
    let time = ManualTime()
    try await TestServer.run(workers: 1, time: time) { server in
      let wire = try await server.wire()
      try await wire.send(beginning)
      for _ in 0..<9 {
        await server.pass(seconds / 10)
        try await wire.send(portion)
      }
      #expect(await !wire.hasEnded)
      await server.pass(seconds / 10 + 2)
      #expect(try await wire.reply().status == 408)
      #expect(try await wire.rest().isEmpty)
    }
  }

  @Test(arguments: [0, 1])
  func `a handshake that is not done after ten seconds ends the line`(slowly: Int) async throws {
    let time = ManualTime()
    try await TestServer.run(workers: 1, time: time) { server in
      let wire = try await Wire.connect(server.address, encrypted: false)
      // The beginning of a greeting of 512 bytes, the rest of which comes byte by byte or not at all.
      try await wire.send([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])
      try await server.until { await server.server.statistics().connections == 1 }
      for _ in 0..<9 {
        await server.pass(1)
        try await wire.send([UInt8](repeating: 7, count: slowly))
      }
      #expect(await !wire.hasEnded)
      await server.pass(2)
      #expect(try await wire.rest().isEmpty)
      #expect(await server.server.statistics().connections == 0)
    }
  }

  @Test func `a line on which nothing happens is closed after its idle time`() async throws {
    let time = ManualTime()
    try await TestServer.run(workers: 1, time: time) { server in
      let wire = try await server.wire()
      #expect(try await wire.call("GET", "/lab/hello").status == 200)
      await server.pass(58)
      #expect(await !wire.hasEnded)
      await server.pass(4)
      #expect(try await wire.rest().isEmpty)
    }
  }

  @Test func `a body that is announced is asked for`() async throws {
    try await once { wire in
      try await wire.send(
        "POST /lab/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
      #expect(try await wire.reply().status == 100)
      try await wire.send("body")
      #expect(try await wire.reply().text == "body")
    }
  }

  @Test func `an announced body that is too long is refused instead of asked for`() async throws {
    try await once { wire in
      try await wire.send(
        "POST /lab/little HTTP/1.1\r\nHost: h\r\nContent-Length: 999\r\nExpect: 100-continue\r\n\r\n"
      )
      #expect(try await wire.reply().status == 413)
    }
  }

  @Test func `long texts are compressed for those who can read that`() async throws {
    try await once { wire in
      let plain = try await wire.call("GET", "/lab/large")
      #expect(plain["Content-Encoding"] == nil)
      #expect(plain["Vary"]?.contains("Accept-Encoding") == true)
      let packed = try await wire.call("GET", "/lab/large", headers: [("Accept-Encoding", "gzip")])
      #expect(packed["Content-Encoding"] == "gzip")
      #expect(packed["Vary"]?.contains("Accept-Encoding") == true)
      #expect(packed.body.prefix(2) == [0x1F, 0x8B])
      #expect(packed.body.count < plain.body.count / 10)
      #expect(try await wire.call("GET", "/lab/hello").text == "hello")
    }
  }

  @Test func `a page that the client has already is not sent again`() async throws {
    let asset = StaticAsset(
      bytes: Array("<p>page</p>".utf8), contentType: "text/html", entityTag: "\"v1\"",
      cacheControl: "no-cache")
    try await once(assets: [("/page", asset)]) { wire in
      let first = try await wire.call("GET", "/page")
      #expect(first.text == "<p>page</p>")
      #expect(first["ETag"] == "\"v1\"")
      let known = [("If-None-Match", "\"v0\", \"v1\"")]
      let again = try await wire.call("GET", "/page", headers: known)
      #expect(again.status == 304)
      #expect(again.body.isEmpty)
      let old = try await wire.call("GET", "/page", headers: [("If-None-Match", "\"v0\"")])
      #expect(old.status == 200)
      let other = try await wire.call("GET", "/page", headers: [("If-Match", "\"v0\"")])
      #expect(other.status == 412)
      let same = try await wire.call("GET", "/page", headers: [("If-Match", "\"v1\"")])
      #expect(same.status == 200)
    }
  }

  @Test func `a page that may come packed has a tag that says no more than it knows`() async throws
  {
    let asset = StaticAsset(
      bytes: [UInt8](repeating: 0x20, count: 4096), contentType: "text/html; charset=utf-8",
      entityTag: "\"v1\"", cacheControl: "no-cache")
    try await once(assets: [("/page", asset)]) { wire in
      for encoding in ["gzip", "identity"] {
        let headers = [("Accept-Encoding", encoding)]
        let page = try await wire.call("GET", "/page", headers: headers)
        #expect(page["ETag"] == "W/\"v1\"")
        #expect(page.headers.filter { $0.name == "Vary" }.map(\.value) == ["Accept-Encoding"])
        #expect(page["Content-Encoding"] == (encoding == "gzip" ? encoding : nil))
        let head = try await wire.call("HEAD", "/page", headers: headers)
        #expect(head["Content-Length"] == "\(page.body.count)")
        if encoding == "gzip" {
          var bytes = ByteBuffer()
          var decoder = GzipDecoder()
          try decoder.decode(page.body.span, into: &bytes, limit: 1 << 20)
          #expect([UInt8](bytes) == asset.bytes)
        }
        let again = try await wire.call(
          "GET", "/page", headers: headers + [("If-None-Match", "W/\"v1\"")])
        #expect(again.status == 304)
        #expect(again["Vary"] == "Accept-Encoding")
      }
    }
  }

  @Test func `plain HTTP on the encrypted listener is answered in words`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await Wire.connect(server.address, encrypted: false)
      try await wire.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      let reply = try await wire.reply()
      #expect(reply.status == 400)
      #expect(reply.text.contains("https://"))
      #expect(reply["Date"]?.contains("1970") == false)
      _ = try await wire.rest()
    }
  }

  @Test func `a self-made certificate does not bind browsers to HTTPS`() async throws {
    func adjust(_ plan: inout HubServer.Plan) { plan.isStrict = false }
    try await TestServer.run(workers: 1, adjusting: adjust) { server in
      let reply = try await server.wire().call("GET", "/lab/hello")
      #expect(reply.status == 200 && reply["Strict-Transport-Security"] == nil)
    }
  }

  @Test func `asyncapi.json names the port of the server`() async throws {
    try await TestServer.run(workers: 1) { server in
      let reply = try await server.wire().call("GET", "/asyncapi.json")
      #expect(reply.text.contains("localhost:\(server.address.port)"))
    }
  }

  @Test func `plain HTTP with a long body gets its answer, too`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await Wire.connect(server.address, encrypted: false)
      try await wire.send(
        Wire.request("POST", "/", body: String(repeating: "x", count: 4 << 20)))
      #expect(try await wire.reply().status == 400)
    }
  }

  @Test func `noise instead of a handshake ends the line and nothing else`() async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await Wire.connect(server.address, encrypted: false)
      try await wire.send([UInt8](repeating: 0xA5, count: 400))
      _ = try await wire.rest()
      #expect(try await server.wire().call("GET", "/lab/hello").status == 200)
    }
  }

  @Test func `a handler that takes too long is answered for`() async throws {
    let time = ManualTime()
    try await TestServer.run(workers: 1, time: time) { server in
      let wire = try await server.wire()
      try await wire.send(Wire.request("GET", "/lab/later/60000"))
      try await wire.send(Wire.request("GET", "/lab/hello"))
      while await server.server.statistics().counters["http_requests_total"] == 0 {
        await server.settle()
      }
      await server.pass(4)
      let late = try await wire.reply()
      #expect(late.status == 504)
      #expect(try JSONValue(parsing: late.body)["error"] == "timeout")
      #expect(try await wire.reply().text == "hello")
    }
  }

  @Test func `what a handler throws becomes an answer that tells nothing of the inside`()
    async throws
  {
    try await once { wire in
      let known = try await wire.call("GET", "/lab/conflict")
      #expect(known.status == 409)
      #expect(try JSONValue(parsing: known.body)["message"] == "taken already")
      let unknown = try await wire.call("GET", "/lab/breaks")
      #expect(unknown.status == 500)
      #expect(!unknown.text.contains("SELECT"))
      #expect(try await wire.call("GET", "/lab/who").status == 401)
    }
  }

  @Test func `whoever has a token is known`() async throws {
    try await TestServer.run(workers: 1) { server in
      let token = try await server.token(for: "li")
      let wire = try await server.wire()
      let headers = [("authorization", "Bearer \(token)")]
      #expect(try await wire.call("GET", "/lab/who", headers: headers).text == "u1")
      let wrong = [("Authorization", "Bearer nonsense")]
      #expect(try await wire.call("GET", "/lab/who", headers: wrong).status == 401)
    }
  }

  @Test func `health and numbers are inside, and the numbers not outside`() async throws {
    try await TestServer.run(workers: 1) { server in
      let inside = try await server.wire(encrypted: false)
      #expect(try await inside.call("GET", "/health").status == 200)
      #expect(try await inside.call("GET", "/ready").status == 200)
      let metrics = try await inside.call("GET", "/metrics").text
      #expect(metrics.contains("# TYPE muster_lab_answer gauge\nmuster_lab_answer 42\n"))
      let outside = try await server.wire()
      #expect(try await outside.call("GET", "/health").status == 200)
      #expect(try await outside.call("GET", "/metrics").status == 404)
      #expect(try await inside.call("GET", "/lab/hello").status == 404)
    }
  }
}
