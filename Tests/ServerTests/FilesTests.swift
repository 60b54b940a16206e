import Glibc
import HubCore
import JSON
import Limits
import Rig
import Testing

/// Files on their way out and in, over a real line.
@Suite(.timeLimit(.minutes(3))) struct FilesTests {
  // Longer than one piece that is read from disk at a time.
  private static let content = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 % 251) }

  private func withFile(_ body: (Wire) async throws -> Void) async throws {
    let folder = TestServer.folder()
    let path = "\(folder)/file.bin"
    let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
    let written = FilesTests.content.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    #expect(written == FilesTests.content.count)
    close(descriptor)
    defer {
      unlink(path)
      rmdir(folder)
    }
    try await TestServer.run(workers: 1, file: path) { server in
      try await body(try await server.wire())
    }
  }

  @Test func `a file larger than a piece arrives whole, and the line goes on`() async throws {
    try await withFile { wire in
      for _ in 0..<2 {
        let reply = try await wire.call("GET", "/lab/file")
        #expect(reply.status == 200)
        #expect(reply["Accept-Ranges"] == "bytes")
        #expect(reply.body == FilesTests.content)
      }
    }
  }

  @Test(arguments: [
    ("bytes=0-9", 0..<10), ("bytes=599990-", 599_990..<600_000), ("bytes=-5", 599_995..<600_000),
    ("bytes=250000-350000", 250_000..<350_001),
  ])
  func `a part of a file is what was asked for`(range: String, part: Range<Int>) async throws {
    try await withFile { wire in
      let reply = try await wire.call("GET", "/lab/file", headers: [("Range", range)])
      #expect(reply.status == 206)
      #expect(reply["Content-Range"] == "bytes \(part.lowerBound)-\(part.upperBound - 1)/600000")
      #expect(reply.body == Array(FilesTests.content[part]))
    }
  }

  @Test func `a part behind the end is refused, a known file is not sent again`() async throws {
    try await withFile { wire in
      let beyond = try await wire.call("GET", "/lab/file", headers: [("Range", "bytes=600000-")])
      #expect(beyond.status == 416)
      #expect(beyond["Content-Range"] == "bytes */600000")
      let tag = try #require(beyond["ETag"])
      let known = try await wire.call("GET", "/lab/file", headers: [("If-None-Match", tag)])
      #expect(known.status == 304)
      #expect(known.body.isEmpty)
      let head = try await wire.call("HEAD", "/lab/file")
      #expect(head["Content-Length"] == "600000")
    }
  }

  @Test func `a file that is gone is a 404`() async throws {
    try await TestServer.run(workers: 1, file: "/nowhere/file") { server in
      let wire = try await server.wire()
      #expect(try await wire.call("GET", "/lab/file").status == 404)
    }
  }

  private static func form(_ bytes: Int) -> String {
    """
    --edge\r
    Content-Disposition: form-data; name="note"\r
    \r
    两个字\r
    --edge\r
    Content-Disposition: form-data; name="paper"; filename="../../paper.txt"\r
    Content-Type: text/plain\r
    \r
    \(String(repeating: "a", count: bytes))\r
    --edge--\r

    """
  }

  private static let kind = [("Content-Type", "multipart/form-data; boundary=edge")]

  @Test(arguments: [0, 1, 3_000_000])
  func `an upload lies on disk while its handler runs, and not longer`(bytes: Int) async throws {
    try await TestServer.run(workers: 1) { server in
      let wire = try await server.wire()
      let reply = try await wire.call(
        "POST", "/lab/upload", headers: FilesTests.kind, body: FilesTests.form(bytes))
      #expect(reply.status == 200)
      let told = try JSONValue(parsing: reply.body)
      #expect(told["note"] == "两个字")
      let file = try #require(told["files"]?[0])
      #expect(file["name"] == "paper.txt")
      #expect(file["size"]?.int == bytes)
      #expect(file["onDisk"]?.int == bytes)
      let path = try #require(file["path"]?.string)
      // The line answers again only after the file of the form before was given up.
      #expect(try await wire.call("GET", "/lab/hello").status == 200)
      for _ in 0..<100 where TestServer.size(of: path) != nil {
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(TestServer.size(of: path) == nil)
    }
  }

  @Test func `a form over its route's limit is refused, and so is one that ends early`()
    async throws
  {
    try await TestServer.run(workers: 1) { server in
      let large = try await server.wire().call(
        "POST", "/lab/upload",
        headers: FilesTests.kind + [("Content-Length", "\(5 << 20)")])
      #expect(large.status == 413)
      let asking = try await server.wire().call(
        "POST", "/lab/upload",
        headers: FilesTests.kind + [
          ("Content-Length", "\(5 << 20)"), ("Expect", "100-continue"),
        ])
      #expect(asking.status == 413)
      let cut = String(FilesTests.form(100).dropLast(20))
      let reply = try await server.wire().call(
        "POST", "/lab/upload", headers: FilesTests.kind, body: cut)
      #expect(reply.status == 400)
    }
  }

  private static func field(_ value: String) -> [UInt8] {
    Array(
      "--edge\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n\(value)\r\n--edge--\r\n".utf8
    )
  }

  @Test func `a field is text, and no longer than a body may be that is not streamed`() async throws
  {
    try await TestServer.run(workers: 1, limits: .with(\.requestBody, 1000)) { server in
      for (value, status) in [
        (String(repeating: "a", count: 1000), 200), (String(repeating: "a", count: 1001), 413),
        ("a\u{0}", 400),
      ] {
        let form = String(decoding: FilesTests.field(value), as: UTF8.self)
        let reply = try await server.wire().call(
          "POST", "/lab/upload", headers: FilesTests.kind, body: form)
        #expect(reply.status == status)
      }
      let wire = try await server.wire()
      let form = FilesTests.field("?").map { $0 == UInt8(ascii: "?") ? 0xFF : $0 }
      let length = [("Content-Length", "\(form.count)")]
      try await wire.send(Wire.request("POST", "/lab/upload", headers: FilesTests.kind + length))
      try await wire.send(form)
      #expect(try await wire.reply().status == 400)
    }
  }

  @Test func `a disk that takes no file is not the sender's fault`() async throws {
    try await TestServer.run(
      workers: 1, adjusting: { $0.uploadFolder = "/proc/nowhere" },
      { server in
        let reply = try await server.wire().call(
          "POST", "/lab/upload", headers: FilesTests.kind, body: FilesTests.form(3_000_000))
        #expect(reply.status == 503)
        #expect(reply["Connection"] == "close")
      })
  }
}
